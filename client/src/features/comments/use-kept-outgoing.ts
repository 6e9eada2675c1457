import { useEffect, useRef } from 'react';
import { keepText } from '../../browser/kept-text';
import type { Comment, Outgoing } from './comment';
import type { CommentList } from './comment-list';

/** What was being sent when the page went away: unless it has arrived after all, it is offered again. */
function unsent(kept: readonly Outgoing[], shown: readonly Comment[]): Outgoing[] {
  return kept
    .filter(({ content }) => !shown.some((comment) => comment.own && comment.content === content))
    .map((outgoing) => ({ ...outgoing, state: 'failed' }));
}

/** Keeps what is on its way on this device until it is stored, and takes up what an earlier page has left there. */
export function useKeptOutgoing(postId: string, list: CommentList, restore: (outgoing: Outgoing[]) => void): void {
  const isRestored = useRef(false);
  const hasWritten = useRef(false);
  useEffect(() => {
    const kept = keepText<Outgoing[]>(`outgoing:${postId}`);
    if (!isRestored.current) {
      isRestored.current = true;
      const left = unsent(kept.read() ?? [], list.shown);
      hasWritten.current = true;
      if (left.length > 0) return restore(left);
    }
    // Another tab may keep something under the same name: what this page never wrote it doesn't remove.
    if (list.outgoing.length > 0) kept.write(list.outgoing);
    else if (hasWritten.current) kept.forget();
    hasWritten.current = list.outgoing.length > 0;
  });
}
