import { type Comment, inOrder, isVisible, type Outgoing } from './comment';

/**
 * The comments under a post as one reader sees them.
 *
 *   typed ──sent──> sending ──stored──> pending ──heard──> approved | rejected      (one's own: in place at once)
 *                    │   ▲                 ▲
 *                 refused retried          └── the read model lags: until a higher version is heard, this one is shown
 *                    ▼   │
 *                   failed ──withdrawn──> (back in the composer)
 *
 *   others' approved comments ──heard──> waiting ──revealed──> shown               (nothing moves above the reader)
 */
export interface CommentList {
  shown: Comment[];
  waiting: Comment[];
  outgoing: Outgoing[];
  /** The newest thing to tell a screen reader, politely. */
  news?: { id: string; what: 'pending' | 'approved' | 'rejected' | 'failed' };
}

export type CommentListAction =
  | { type: 'sent'; outgoing: Outgoing }
  | { type: 'restored'; outgoing: Outgoing[] }
  | { type: 'stored'; key: string; comment: Comment }
  | { type: 'refused'; key: string; message: string }
  | { type: 'retried'; key: string }
  | { type: 'withdrawn'; key: string }
  | { type: 'heard'; comments: Comment[] }
  | { type: 'revealed' };

export function startList(comments: readonly Comment[]): CommentList {
  return { shown: inOrder(comments.filter(isVisible)), waiting: [], outgoing: [] };
}

export function commentList(list: CommentList, action: CommentListAction): CommentList {
  switch (action.type) {
    case 'sent':
      return { ...list, outgoing: [...list.outgoing, action.outgoing] };
    case 'restored':
      return { ...list, outgoing: [...action.outgoing, ...list.outgoing] };
    case 'retried':
      return changeOutgoing(list, action.key, { state: 'sending', message: undefined });
    case 'refused':
      return {
        ...changeOutgoing(list, action.key, { state: 'failed', message: action.message }),
        news: { id: action.key, what: 'failed' },
      };
    case 'withdrawn':
      return { ...list, outgoing: list.outgoing.filter(({ key }) => key !== action.key) };
    case 'stored':
      return storeOwn(list, action.key, action.comment);
    case 'heard':
      return action.comments.reduce(hear, list);
    case 'revealed':
      return { ...list, shown: inOrder([...list.shown, ...list.waiting]), waiting: [] };
  }
}

function changeOutgoing(list: CommentList, key: string, change: Partial<Outgoing>): CommentList {
  return { ...list, outgoing: list.outgoing.map((each) => (each.key === key ? { ...each, ...change } : each)) };
}

/** One's own comment takes its place. Its verdict may have been heard before the answer to its POST. */
function storeOwn(list: CommentList, key: string, comment: Comment): CommentList {
  const heard = [...list.waiting, ...list.shown].find(({ id }) => id === comment.id);
  const own = { ...(heard && heard.version > comment.version ? heard : comment), own: true };
  return {
    shown: [...list.shown.filter(({ id }) => id !== comment.id), own],
    waiting: list.waiting.filter(({ id }) => id !== comment.id),
    outgoing: list.outgoing.filter((each) => each.key !== key),
    news: { id: own.id, what: own.status },
  };
}

function hear(list: CommentList, heard: Comment): CommentList {
  const known = list.shown.find(({ id }) => id === heard.id);
  if (known) return update(list, known, heard);
  if (!isVisible(heard)) return list;
  if (heard.own) return { ...list, shown: inOrder([...list.shown, heard]) };
  const waiting = list.waiting.find(({ id }) => id === heard.id);
  if (waiting && waiting.version >= heard.version) return list;
  return { ...list, waiting: inOrder([...list.waiting.filter(({ id }) => id !== heard.id), heard]) };
}

/** Only a higher version changes what is shown, except that the reason for a rejection may come after its verdict. */
function update(list: CommentList, known: Comment, heard: Comment): CommentList {
  const addsReason = heard.version === known.version && heard.reason !== undefined && known.reason === undefined;
  if (heard.version <= known.version && !addsReason) return list;
  const next: Comment = {
    ...known,
    ...heard,
    // For everybody but its author a comment which isn't approved comes without its text.
    content: heard.content || known.content,
    own: known.own ?? heard.own,
  };
  if (!isVisible(next)) return { ...list, shown: list.shown.filter(({ id }) => id !== known.id) };
  const judged = next.own && next.status !== known.status;
  return {
    ...list,
    shown: list.shown.map((each) => (each === known ? next : each)),
    ...(judged ? { news: { id: next.id, what: next.status } } : {}),
  };
}
