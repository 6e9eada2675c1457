import { useReducer } from 'react';
import { newKey } from '../../browser/new-key';
import type { Refusal } from '../../faults';
import type { LiveState } from '../../live/event-source';
import type { Comment, Outgoing } from './comment';
import { commentList, type CommentList, startList } from './comment-list';
import { changeComment, deleteComment, sendComment } from './send-comment';
import { useKeptOutgoing } from './use-kept-outgoing';
import { type CommentsSource, type PostNews, useStream } from './use-stream';

/** What is typed into the composer. */
export type NewComment = Pick<Outgoing, 'author' | 'content' | 'parentId' | 'website'>;

export interface LiveComments {
  list: CommentList;
  live: LiveState;
  postNews: PostNews;
  /** Shows the comment at once, and sends it. Gives the key under which it is shown. */
  send(typed: NewComment): string;
  retry(outgoing: Outgoing): void;
  /** Takes a failed comment back, to be typed on. */
  withdraw(outgoing: Outgoing): void;
  /** Changes one's own comment. Resolves with what is wrong, or undefined. */
  change(comment: Comment, content: string): Promise<Refusal | undefined>;
  /** Deletes one's own comment. Resolves with what is wrong, or undefined. */
  remove(comment: Comment): Promise<Refusal | undefined>;
  /** Shows the comments of others that have arrived. */
  reveal(): void;
}

/** The comments of a post, alive: one's own through all their states, others' as they arrive. */
export function useComments(source: CommentsSource): LiveComments {
  const { postId, comments } = source;
  const [list, dispatch] = useReducer(commentList, comments, startList);
  const { live, postNews } = useStream(source, list, dispatch);
  useKeptOutgoing(postId, list, (outgoing) => dispatch({ type: 'restored', outgoing }));

  const deliver = async (outgoing: Outgoing): Promise<void> => {
    const { key } = outgoing;
    const sent = await sendComment(postId, outgoing);
    if (sent.ok) return dispatch({ type: 'stored', key, comment: sent.comment });
    const { faults, message } = sent.refusal;
    const reasons = faults.map(({ path, message: fault }) => `${path} ${fault}`).join('; ');
    dispatch({ type: 'refused', key, message: reasons || message });
  };

  return {
    list,
    live,
    postNews,
    send: (typed) => {
      const outgoing: Outgoing = { ...typed, key: newKey(), state: 'sending' };
      dispatch({ type: 'sent', outgoing });
      void deliver(outgoing);
      return outgoing.key;
    },
    retry: (outgoing) => {
      dispatch({ type: 'retried', key: outgoing.key });
      void deliver(outgoing);
    },
    withdraw: ({ key }) => dispatch({ type: 'withdrawn', key }),
    change: async (comment, content) => {
      const sent = await changeComment(comment, content);
      if (!sent.ok) return sent.refusal;
      dispatch({ type: 'heard', comments: [sent.comment] });
      return undefined;
    },
    remove: async (comment) => {
      const refusal = await deleteComment(comment);
      if (!refusal) dispatch({ type: 'deleted', id: comment.id });
      return refusal;
    },
    reveal: () => dispatch({ type: 'revealed' }),
  };
}
