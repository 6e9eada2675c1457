import type { Ref } from 'react';
import { postPath } from '@blog/contract/address';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Time } from '../../components/Time';
import { erasing, review } from '../../studio/words';
import type { Blocked } from './blocklist';
import { CardFoot } from './CardFoot';
import { type Decision, type ErasedOf, highlight, type QueueItem } from './queue';
import styles from './QueueCard.module.css';
import type { CardState } from './use-decisions';

export interface QueueCardProps {
  item: QueueItem;
  state: CardState | undefined;
  isCurrent: boolean;
  isSelected: boolean;
  ref: Ref<HTMLElement>;
  onSelect: () => void;
  /** Where its author is on the blocklist. */
  blocked: Blocked | undefined;
  onDecide: (decision: Decision, reason?: string) => void;
  onErase: (of: ErasedOf) => void;
  onUndo: () => void;
}

const decidedIcons = { approved: icons.check, rejected: icons.cross, pending: icons.clock };
const longestParent = 200;

const authorOf = ({ author }: { author: string }): string => author || review.anonymous;

function Counts({ item: { authorCounts, status } }: { item: QueueItem }) {
  if (!authorCounts) return null;
  const { approved, rejected } = authorCounts;
  if (status === 'pending' && approved + rejected === 0) return <span className={styles.soft}>{review.firstTime}</span>;
  return (
    <span className={styles.soft} title={review.countsTitle}>
      {review.counts(approved, rejected)}
    </span>
  );
}

function Head({ item, isSelected, onSelect }: Pick<QueueCardProps, 'item' | 'isSelected' | 'onSelect'>) {
  return (
    <header className={styles.head}>
      <label className={styles.select}>
        <input type="checkbox" checked={isSelected} onChange={onSelect} />
        <span className="visually-hidden">{review.select(authorOf(item))}</span>
      </label>
      <strong>{authorOf(item)}</strong>
      <Counts item={item} />
      <Time at={item.createdAt} className={styles.soft} />
      {item.rule ? (
        <span className={styles.rule}>
          <Icon of={icons.warning} /> {review.rule(item.rule)}
        </span>
      ) : null}
    </header>
  );
}

function Context({ item }: { item: QueueItem }) {
  const { id, postId, postTitle, parentId, parent } = item;
  return (
    <div className={styles.context}>
      <a href={`${postPath({ id: postId, title: postTitle ?? '' })}#c-${encodeURIComponent(id)}`}>
        {review.post(postTitle?.trim() || postId)}
      </a>
      {parent ? (
        <blockquote>
          {review.replyTo(authorOf(parent))} {parent.content.slice(0, longestParent)}
          {parent.content.length > longestParent ? '…' : ''}
        </blockquote>
      ) : parentId ? (
        <span className={styles.soft}>{review.reply}</span>
      ) : null}
    </div>
  );
}

function Decided({ item, decision, onUndo }: { item: QueueItem; decision: Decision; onUndo: () => void }) {
  return (
    <p className={styles.decided} data-decision={decision}>
      <Icon of={decidedIcons[decision]} /> <strong>{review.decided[decision]}</strong>
      <span className={styles.excerpt}>{item.content}</span>
      <button className="button" data-quiet type="button" onClick={onUndo}>
        {review.undo}
      </button>
    </p>
  );
}

function Erased() {
  return (
    <p className={styles.decided}>
      <Icon of={icons.trash} /> <strong>{erasing.erased}</strong>
      <span className={styles.excerpt}>{erasing.soon}</span>
    </p>
  );
}

/** One comment to decide on. Decided, it collapses in its place, so that nothing jumps under the pointer. */
export function QueueCard(props: QueueCardProps) {
  const { item, state, isCurrent, ref } = props;
  return (
    <article
      className={styles.card}
      data-current={isCurrent || undefined}
      data-selected={props.isSelected || undefined}
      tabIndex={-1}
      ref={ref}
      aria-current={isCurrent || undefined}
      aria-label={state?.kind === 'erased' ? erasing.erased : authorOf(item)}
    >
      {state?.kind === 'erased' ? (
        <Erased />
      ) : state?.kind === 'decided' ? (
        <Decided item={item} decision={state.decision} onUndo={props.onUndo} />
      ) : (
        <>
          <Head {...props} />
          <Context item={item} />
          <p className={styles.text}>
            {highlight(item.content, item.spans).map(({ text, isFound }, index) =>
              // The pieces of one text never change their order.
              isFound ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
            )}
          </p>
          {state ? (
            <p className={styles.failed} role="alert">
              <Icon of={icons.warning} /> {state.message}
            </p>
          ) : null}
          <CardFoot {...props} />
        </>
      )}
    </article>
  );
}
