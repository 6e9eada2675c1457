import { type Dispatch, useEffect, useReducer, useRef, useState } from 'react';
import { newKey } from '../../browser/new-key';
import { followStream, type LiveState } from '../../live/event-source';
import { type Comment, type Outgoing, readComment } from './comment';
import { commentList, type CommentList, type CommentListAction, startList } from './comment-list';
import { fetchComments, fetchVisibleComments, sendComment } from './send-comment';
import { useKeptOutgoing } from './use-kept-outgoing';

export interface LiveComments {
  list: CommentList;
  live: LiveState;
  /** Shows the comment at once, and sends it. */
  send(typed: { author: string; content: string }): void;
  retry(outgoing: Outgoing): void;
  /** Takes a failed comment back, to be typed on. */
  withdraw(outgoing: Outgoing): void;
  /** Shows the comments of others that have arrived. */
  reveal(): void;
}

export interface CommentsSource {
  postId: string;
  comments: Comment[];
  /** The position in the live stream up to which `comments` is complete. */
  position?: string;
}

function isUnsettled(comment: Comment): boolean {
  return comment.own === true && (comment.status === 'pending' || (comment.status === 'rejected' && !comment.reason));
}

/** The stream comes back by itself, and with it the next attempt. */
const ignore = () => undefined;

/** Hears of the post's comments for as long as the page is looked at. */
function useStream({ postId, position }: CommentsSource, list: CommentList, dispatch: Dispatch<CommentListAction>) {
  const [live, setLive] = useState<LiveState>('connecting');
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  useEffect(() => {
    const hear = (comments: Comment[]) => dispatch({ type: 'heard', comments });
    const hearOwn = () => fetchComments(postId).then((comments) => hear(comments.filter(({ own }) => own)), ignore);
    const source = { path: `/api/query/stream?post=${encodeURIComponent(postId)}`, position };
    return followStream(source, {
      onState: setLive,
      onGap: () => {
        fetchVisibleComments(postId).then(hear, ignore);
        if (latest.current.shown.some(isUnsettled)) void hearOwn();
      },
      onEvent: (type, data) => {
        const comment = type === 'comment' ? readComment(data) : undefined;
        if (!comment) return;
        hear([comment]);
        // The stream is the same for everybody: the reason is told to the author alone, who asks for it.
        const isOwn = latest.current.shown.some(({ id, own }) => own && id === comment.id);
        if (isOwn && comment.status === 'rejected') void hearOwn();
      },
    });
  }, [postId, position, dispatch]);
  return live;
}

/** The comments of a post, alive: one's own through all their states, others' as they arrive. */
export function useComments(source: CommentsSource): LiveComments {
  const { postId, comments } = source;
  const [list, dispatch] = useReducer(commentList, comments, startList);
  const live = useStream(source, list, dispatch);
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
    send: (typed) => {
      const outgoing: Outgoing = { ...typed, key: newKey(), state: 'sending' };
      dispatch({ type: 'sent', outgoing });
      void deliver(outgoing);
    },
    retry: (outgoing) => {
      dispatch({ type: 'retried', key: outgoing.key });
      void deliver(outgoing);
    },
    withdraw: ({ key }) => dispatch({ type: 'withdrawn', key }),
    reveal: () => dispatch({ type: 'revealed' }),
  };
}
