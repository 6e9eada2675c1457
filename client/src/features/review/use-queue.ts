import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { loadQueue, type QueueItem, type QueueStatus } from './queue';

const refreshMs = 10_000;

/** The queue of one tab, newest first, page by page. New comments come by themselves; what is shown keeps its place. */
export function useQueue(view: { status: QueueStatus; q: string }) {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['queue', view.status, view.q],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => loadQueue(view, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const counts = useInfiniteQuery({
    queryKey: ['queue-counts'],
    queryFn: () => loadQueue({ status: 'pending', q: '' }, undefined),
    initialPageParam: undefined,
    getNextPageParam: () => undefined,
    refetchInterval: refreshMs,
  });
  const refreshCounts = useCallback(() => void queries.invalidateQueries({ queryKey: ['queue-counts'] }), [queries]);
  const items: QueueItem[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { query, items, counts: counts.data?.pages[0]?.counts, refreshCounts };
}
