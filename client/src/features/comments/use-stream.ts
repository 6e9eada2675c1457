import { type Dispatch, useEffect, useRef, useState } from 'react';
import { followStream, type LiveState } from '../../live/event-source';
import { type Comment, readComment } from './comment';
import type { CommentList, CommentListAction } from './comment-list';
import { fetchComments, fetchVisibleComments } from './send-comment';

export interface CommentsSource {
  postId: string;
  /** The version of the post that this page shows, where it is known. */
  postVersion?: number | undefined;
  comments: Comment[];
  /** The position in the live stream up to which `comments` is complete. */
  position?: string | undefined;
}

/** What has become of the article since it was loaded. */
export type PostNews = 'changed' | 'deleted' | undefined;

function isUnsettled(comment: Comment): boolean {
  return comment.own === true && (comment.status === 'pending' || (comment.status === 'rejected' && !comment.reason));
}

function isNewerPost(data: unknown, version: number | undefined): boolean {
  const told = (data as { version?: unknown } | undefined)?.version;
  return version !== undefined && typeof told === 'number' && told > version;
}

/** The stream comes back by itself, and with it the next attempt. */
const ignore = () => undefined;

/** Hears of the post and its comments for as long as the page is looked at. */
export function useStream(
  { postId, postVersion, position }: CommentsSource,
  list: CommentList,
  dispatch: Dispatch<CommentListAction>,
): { live: LiveState; postNews: PostNews } {
  const [live, setLive] = useState<LiveState>('connecting');
  const [postNews, setPostNews] = useState<PostNews>();
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  useEffect(() => {
    const hear = (comments: Comment[]) => dispatch({ type: 'heard', comments });
    const hearOwn = () => void fetchComments(postId).then((all) => hear(all.filter(({ own }) => own)), ignore);
    const isOwn = (id: string) => latest.current.shown.some((shown) => shown.id === id && shown.own);
    const hearComment = (data: unknown) => {
      const comment = readComment(data);
      if (!comment) return;
      hear([comment]);
      // The stream is the same for everybody: the reason is told to the author alone, who asks for it.
      if (comment.status === 'rejected' && isOwn(comment.id)) hearOwn();
    };
    const source = { path: `/api/query/stream?post=${encodeURIComponent(postId)}`, position };
    return followStream(source, {
      onState: setLive,
      onGap: () => {
        const catchUp = (comments: Comment[]) => dispatch({ type: 'caught-up', comments });
        fetchVisibleComments(postId).then(catchUp, ignore);
        if (latest.current.shown.some(isUnsettled)) hearOwn();
      },
      onEvent: (type, data) => {
        if (type === 'comment') hearComment(data);
        if (type === 'comment-deleted') dispatch({ type: 'deleted', id: String((data as { id?: unknown }).id) });
        if (type === 'post-deleted') setPostNews('deleted');
        if (type === 'post' && isNewerPost(data, postVersion)) setPostNews((news) => news ?? 'changed');
      },
    });
  }, [postId, postVersion, position, dispatch]);
  return { live, postNews };
}
