import type { Ref } from 'react';
import { postPath } from '@blog/contract/address';
import { Icon } from '../../components/Icon';
import { Time } from '../../components/Time';
import { review } from '../../studio/words';
import { type Decision, highlight, type QueueItem } from './queue';
import styles from './QueueCard.module.css';
import type { CardState } from './use-decisions';

export interface QueueCardProps {
  item: QueueItem;
  state: CardState | undefined;
  isCurrent: boolean;
  isSelected: boolean;
  ref: Ref<HTMLElement>;
  onSelect: () => void;
  onDecide: (decision: Decision) => void;
  onUndo: () => void;
}

const icons = { approved: 'check', rejected: 'cross', pending: 'clock' } as const;

function Head({ item, isSelected, onSelect }: Pick<QueueCardProps, 'item' | 'isSelected' | 'onSelect'>) {
  const author = item.author || review.anonymous;
  return (
    <header className={styles.head}>
      <label className={styles.select}>
        <input type="checkbox" checked={isSelected} onChange={onSelect} />
        <span className="visually-hidden">{review.select(author)}</span>
      </label>
      <strong>{author}</strong>
      {item.authorCounts ? (
        <span className={styles.soft}>{review.counts(item.authorCounts.approved, item.authorCounts.rejected)}</span>
      ) : null}
      <Time at={item.createdAt} className={styles.soft} />
    </header>
  );
}

function Context({ item }: { item: QueueItem }) {
  return (
    <p className={styles.context}>
      <a href={`${postPath({ id: item.postId, title: item.postTitle ?? '' })}#c-${encodeURIComponent(item.id)}`}>
        {review.post(item.postTitle ?? item.postId)}
      </a>
      {item.parentId ? <span className={styles.soft}>{review.replyTo}</span> : null}
      {item.rule ? (
        <span className={styles.rule}>
          <Icon name="warning" /> {review.rule(item.rule)}
        </span>
      ) : null}
    </p>
  );
}

function History({ item }: { item: QueueItem }) {
  return (
    <details className={styles.history}>
      <summary>{review.history}</summary>
      <ol>
        {item.history.map(({ revision, status, by, reason, decidedAt }) => (
          <li key={revision}>
            {review.tabs[status]} {review.by(by)} <Time at={decidedAt} /> {reason}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Decided({
  item,
  state,
  onUndo,
}: {
  item: QueueItem;
  state: CardState & { kind: 'decided' };
  onUndo: () => void;
}) {
  return (
    <p className={styles.decided} data-decision={state.decision}>
      <Icon name={icons[state.decision]} /> <strong>{review.decided[state.decision]}</strong>
      <span className={styles.excerpt}>{item.content}</span>
      <button className="button" data-quiet type="button" onClick={onUndo}>
        {review.undo}
      </button>
    </p>
  );
}

/** One comment to decide on. Decided, it collapses in its place, so that nothing jumps under the pointer. */
export function QueueCard(props: QueueCardProps) {
  const { item, state, isCurrent, onDecide, ref } = props;
  return (
    <article
      className={styles.card}
      data-current={isCurrent || undefined}
      tabIndex={-1}
      ref={ref}
      aria-current={isCurrent || undefined}
    >
      {state?.kind === 'decided' ? (
        <Decided item={item} state={state} onUndo={props.onUndo} />
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
              <Icon name="warning" /> {state.message}
            </p>
          ) : null}
          <footer className={styles.foot}>
            <button className="button" data-primary type="button" onClick={() => onDecide('approved')}>
              <Icon name="check" /> {review.approve}
            </button>
            <button className="button" type="button" onClick={() => onDecide('rejected')}>
              <Icon name="cross" /> {review.reject}
            </button>
            <History item={item} />
          </footer>
        </>
      )}
    </article>
  );
}
