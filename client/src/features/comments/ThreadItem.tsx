import { memo } from 'react';
import { messages } from '../../messages';
import { type Comment, isVisible, type Outgoing } from './comment';
import { type CommentTools, isOpened } from './comment-tools';
import { CommentItem } from './CommentItem';
import styles from './Comments.module.css';
import { Composer } from './Composer';
import { OutgoingItem } from './OutgoingItem';
import type { Thread } from './threads';
import { useDraft } from './use-draft';

/** What stands in a thread: a comment, or one that is on its way. Its key stays when it arrives. */
export interface Item {
  key: string;
  id: string;
  parentId?: string | undefined;
  comment?: Comment;
  outgoing?: Outgoing;
}

export interface ItemTools extends CommentTools {
  /** The ids of own comments that were judged while this page looked on. */
  judgedHere: ReadonlySet<string>;
  /** Takes a failed comment back into the composer. */
  takeBack(outgoing: Outgoing): void;
}

/** Nobody is told whose a comment is that is withheld. */
function labelOf({ comment, outgoing }: Item): string {
  if (comment && !isVisible(comment)) return messages.comments.withheld;
  return messages.comments.by((comment ?? outgoing)?.author || messages.comments.anonymous);
}

function ReplyComposer({ comment, tools }: { comment: Comment; tools: CommentTools }) {
  const draft = useDraft(`${tools.postId}:${comment.id}`);
  return <Composer tools={tools} draft={draft} replyTo={comment} />;
}

function Entry({ item, to, tools }: { item: Item; to: Item | undefined; tools: ItemTools }) {
  const { comment, outgoing } = item;
  return (
    <>
      <article
        className={styles.comment}
        id={comment ? `c-${comment.id}` : `o-${item.key}`}
        tabIndex={-1}
        aria-label={labelOf(item)}
        data-status={comment?.own ? comment.status : outgoing?.state}
      >
        {comment ? (
          <CommentItem
            comment={comment}
            to={to?.comment}
            wasJudgedHere={tools.judgedHere.has(comment.id)}
            tools={tools}
          />
        ) : null}
        {outgoing ? <OutgoingItem outgoing={outgoing} onRetry={tools.live.retry} onEdit={tools.takeBack} /> : null}
      </article>
      {comment && isOpened(tools.opened, 'reply', comment.id) ? (
        <ReplyComposer comment={comment} tools={tools} />
      ) : null}
    </>
  );
}

interface ThreadItemProps {
  thread: Thread<Item>;
  tools: ItemTools;
  hasEarlier: boolean;
}

const itemsIn = ({ top, replies }: Thread<Item>): Item[] => [...(top ? [top] : []), ...replies.map(({ item }) => item)];

/**
 * Whether a thread looks as before. What is opened or typed in one is no reason to draw a hundred others anew. Those with
 * one's own comments or with a form are always drawn: they depend on the time, and on all of the tools.
 */
function looksAsBefore(before: ThreadItemProps, { thread, tools, hasEarlier }: ThreadItemProps): boolean {
  const { opened, action, pageQuery, canModerate, isClosed } = before.tools;
  const openedAt = [opened?.id, tools.opened?.id];
  const [items, itemsBefore] = [itemsIn(thread), itemsIn(before.thread)];
  return (
    items.length === itemsBefore.length &&
    items.every(({ comment }, at) => comment && comment === itemsBefore[at]?.comment) &&
    items.every(({ id, comment }) => !comment?.own && !openedAt.includes(id)) &&
    before.hasEarlier === hasEarlier &&
    action === tools.action &&
    pageQuery === tools.pageQuery &&
    canModerate === tools.canModerate &&
    isClosed === tools.isClosed
  );
}

/** A comment with all answers to it and to each other. */
export const ThreadItem = memo(function ThreadItem({ thread, tools, hasEarlier }: ThreadItemProps) {
  const { top, replies } = thread;
  return (
    <li className={styles.thread}>
      {top ? (
        <Entry item={top} to={undefined} tools={tools} />
      ) : (
        <p className={styles.absent}>{hasEarlier ? messages.comments.elsewhere : messages.comments.deleted}</p>
      )}
      {replies.length > 0 ? (
        <ol className={styles.replies}>
          {replies.map(({ item, to }) => (
            <li key={item.key}>
              <Entry item={item} to={to} tools={tools} />
            </li>
          ))}
        </ol>
      ) : null}
    </li>
  );
}, looksAsBefore);
