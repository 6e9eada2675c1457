import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { review, studio } from '../../studio/words';
import styles from './Queue.module.css';
import { QueueBar } from './QueueBar';
import { QueueCard } from './QueueCard';
import { QueueTabs } from './QueueTabs';
import type { Decisions } from './use-decisions';
import { useBlocklist } from './use-blocklist';
import { useQueue } from './use-queue';
import { type QueueView, type Review, useReview } from './use-review';

function Cards({ queue: { items }, decisions, selection, place, decide }: Review) {
  const { entries } = useBlocklist();
  if (items.length === 0) return null;
  return (
    <ul className={styles.list}>
      {items.map((item, index) => (
        <li key={item.id}>
          <QueueCard
            item={item}
            state={decisions.states.get(item.id)}
            isCurrent={index === place.current}
            isSelected={selection.has(item.id)}
            ref={place.refOf(item.id)}
            blocked={entries.find(({ authorId }) => authorId !== undefined && authorId === item.authorId)}
            onSelect={() => selection.toggle(item.id)}
            onDecide={(decision, reason) => decide([item], decision, reason)}
            onErase={(of) => void decisions.erase(item, of)}
            onUndo={() => void decisions.undoOne(item.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** How the loading went, where there is something to say. */
function Standing({ queue: { query, items }, view }: Review) {
  if (query.isPending) return <p className={styles.empty}>{studio.loading}</p>;
  if (query.isError) {
    return (
      <Notice title={refusalOf(query.error).message}>
        <button className="button" type="button" onClick={() => void query.refetch()}>
          {studio.retry}
        </button>
      </Notice>
    );
  }
  if (items.length > 0) return null;
  return <p className={styles.empty}>{review.empty[view.q === '' ? view.status : 'search']}</p>;
}

/** What was searched for, and the way back; and what has come since the list was loaded. */
function Above({ view, open, queue: { fresh }, showFresh }: Review) {
  if (view.q === '' && fresh === 0) return null;
  return (
    <div className={styles.above}>
      {view.q === '' ? null : (
        <p>
          {review.found(view.q)}{' '}
          <button className="button" data-quiet type="button" onClick={() => open({ ...view, q: '' })}>
            {review.showAll}
          </button>
        </p>
      )}
      {fresh === 0 ? null : (
        <button className="button" data-pill type="button" onClick={() => void showFresh()}>
          <Icon of={icons.comment} /> {review.fresh(fresh)}
        </button>
      )}
    </div>
  );
}

interface QueueProps {
  view: QueueView;
  open: (view: QueueView) => void;
  decisions: Decisions;
}

/** The comments of one tab, to decide on. */
export function Queue({ view, open, decisions }: QueueProps) {
  const all = useReview({ view, open, queue: useQueue(view), decisions });
  const { queue, search } = all;
  return (
    <>
      <QueueTabs view={view} open={open} counts={queue.counts} searchRef={search} />
      <p className="visually-hidden" role="status">
        {decisions.announcement}
      </p>
      <Above {...all} />
      <Standing {...all} />
      <Cards {...all} />
      {queue.query.hasNextPage ? (
        <button className="button" type="button" onClick={() => void queue.query.fetchNextPage()}>
          {review.more}
        </button>
      ) : null}
      <QueueBar {...all} />
    </>
  );
}
