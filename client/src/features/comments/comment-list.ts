import { type Comment, inOrder, isVisible, type Outgoing } from './comment';

/**
 * The comments under a post as one reader sees them.
 *
 *   typed ──sent──> sending ──stored──> pending ──heard──> approved | rejected      (one's own: in place at once)
 *                    │   ▲                 ▲ ▲                 │
 *                 refused retried          │ └─────edited──────┘
 *                    ▼   │                 └── the read model lags: until a higher version is heard, this one is shown
 *                   failed ──withdrawn──> (back in the composer)
 *
 *   others' approved comments ──heard──> waiting ──revealed──> shown               (nothing moves above the reader)
 *   one that is shown ──edited, so pending──> withheld, in its place ──approved──> shown
 *   anything ──deleted──> gone, whatever is heard of it later
 */
export interface CommentList {
  /** In their order. Others' are approved, or `pending` and without text: withheld until their new text is approved. */
  shown: Comment[];
  waiting: Comment[];
  outgoing: Outgoing[];
  /** The ids of deleted ones. */
  gone: string[];
  /** The newest thing to tell a screen reader, politely. */
  news?: { id: string; what: 'pending' | 'approved' | 'rejected' | 'failed' | 'deleted' };
}

export type CommentListAction =
  | { type: 'sent'; outgoing: Outgoing }
  | { type: 'restored'; outgoing: Outgoing[] }
  | { type: 'stored'; key: string; comment: Comment }
  | { type: 'refused'; key: string; message: string }
  | { type: 'retried'; key: string }
  | { type: 'withdrawn'; key: string }
  | { type: 'heard'; comments: Comment[] }
  /** All public comments of the newest page, asked for after a time of which nothing is known. */
  | { type: 'caught-up'; comments: Comment[] }
  | { type: 'revealed' }
  | { type: 'deleted'; id: string };

export function startList(comments: readonly Comment[]): CommentList {
  return { shown: inOrder(comments.filter(isVisible)), waiting: [], outgoing: [], gone: [] };
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
    case 'caught-up':
      return action.comments.reduce(hear, missingFrom(list, action.comments).reduce(remove, list));
    case 'revealed':
      return { ...list, shown: inOrder([...list.shown, ...list.waiting]), waiting: [] };
    case 'deleted':
      return remove(list, action.id);
  }
}

function changeOutgoing(list: CommentList, key: string, change: Partial<Outgoing>): CommentList {
  return { ...list, outgoing: list.outgoing.map((each) => (each.key === key ? { ...each, ...change } : each)) };
}

/** One's own comment takes its place. Its verdict may have been heard before the answer to its POST. */
function storeOwn(list: CommentList, key: string, comment: Comment): CommentList {
  const heard = [...list.waiting, ...list.shown].find(({ id }) => id === comment.id);
  const newest = heard && heard.version > comment.version ? { ...comment, ...heard } : comment;
  const own = { ...newest, own: true, key };
  return {
    ...list,
    shown: [...list.shown.filter(({ id }) => id !== comment.id), own],
    waiting: list.waiting.filter(({ id }) => id !== comment.id),
    outgoing: list.outgoing.filter((each) => each.key !== key),
    news: { id: own.id, what: own.status },
  };
}

/** Others' comments that were shown and aren't there any more. Of those before the first one there nothing is known. */
function missingFrom({ shown }: CommentList, present: readonly Comment[]): string[] {
  const ids = new Set(present.map(({ id }) => id));
  const [first] = inOrder(present);
  const isCovered = ({ createdAt }: Comment): boolean => first === undefined || createdAt >= first.createdAt;
  return shown.filter((comment) => !comment.own && isCovered(comment) && !ids.has(comment.id)).map(({ id }) => id);
}

function remove(list: CommentList, goneId: string): CommentList {
  const isOther = ({ id }: Comment): boolean => id !== goneId;
  const wasOwn = list.shown.some(({ id, own }) => id === goneId && own);
  return {
    ...list,
    shown: list.shown.filter(isOther),
    waiting: list.waiting.filter(isOther),
    gone: [...list.gone, goneId],
    ...(wasOwn ? { news: { id: goneId, what: 'deleted' } } : {}),
  };
}

function hear(list: CommentList, heard: Comment): CommentList {
  if (list.gone.includes(heard.id)) return list;
  const known = list.shown.find(({ id }) => id === heard.id);
  if (known) return update(list, known, heard);
  const waiting = list.waiting.find(({ id }) => id === heard.id);
  if (waiting && waiting.version >= heard.version) return list;
  const others = list.waiting.filter(({ id }) => id !== heard.id);
  if (!isVisible(heard)) return { ...list, waiting: others };
  if (heard.own) return { ...list, shown: inOrder([...list.shown, heard]) };
  return { ...list, waiting: inOrder([...others, heard]) };
}

/** For everybody but its author a comment which isn't approved comes without its text and its author's name. */
function wordsOf(known: Comment, heard: Comment): Pick<Comment, 'author' | 'content' | 'html'> {
  const { author, content, html } = heard.content === '' && known.own ? known : heard;
  return { author, content, html };
}

/** Only a higher version changes what is shown, except that the reason for a rejection may come after its verdict. */
function update(list: CommentList, known: Comment, heard: Comment): CommentList {
  const addsReason = heard.version === known.version && heard.reason !== undefined && known.reason === undefined;
  if (heard.version <= known.version && !addsReason) return list;
  const next: Comment = { ...known, ...heard, ...wordsOf(known, heard), own: known.own ?? heard.own };
  if (next.status !== 'rejected') delete next.reason;
  if (!next.own && next.status === 'rejected') {
    return { ...list, shown: list.shown.filter(({ id }) => id !== known.id) };
  }
  const judged = next.own && next.status !== known.status;
  return {
    ...list,
    shown: list.shown.map((each) => (each === known ? next : each)),
    ...(judged ? { news: { id: next.id, what: next.status } } : {}),
  };
}
