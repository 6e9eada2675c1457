import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { loadQueue, type QueueItem, type QueueStatus } from './queue';

const refreshMs = 10_000;

/**
 * The queue of one tab, newest first, page by page. What is shown keeps its place: of what has come since then only the
 * number is told, until somebody wants to see it.
 */
export function useQueue(view: { status: QueueStatus; q: string }) {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['queue', view.status, view.q],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => loadQueue(view, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    // Loaded anew whenever it is opened, and never while somebody works on it.
    ...{ staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
  const now = useQuery({
    queryKey: ['queue-now', view.status, view.q],
    queryFn: () => loadQueue(view, undefined),
    refetchInterval: refreshMs,
    enabled: query.isSuccess,
  });
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['queue-now'] }), [queries]);
  const items: QueueItem[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  const known = new Set(items.map(({ id }) => id));
  const fresh = now.data?.items.filter(({ id }) => !known.has(id)).length ?? 0;
  const counts = now.data?.counts ?? query.data?.pages[0]?.counts;
  return { query, items, counts, fresh, refresh };
}
