import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { refusalOf } from '../../studio/request';
import { loadBlocklist } from './blocklist';

const queryKey = ['blocklist'];

/** Who is blocked, the newest first, page by page. */
export function useBlocklist() {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => loadBlocklist(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  return { query, entries: query.data?.pages.flatMap((page) => page.entries) ?? [] };
}

/** A change of the list, which is loaded anew then; `onDone` comes after that. */
export function useBlocklistChange(onDone: () => void) {
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (change: () => Promise<void>) => change().finally(() => queries.invalidateQueries({ queryKey })),
    onSuccess: onDone,
  });
  return { change: mutate, isBusy: isPending, fault: error ? refusalOf(error).message : undefined };
}
