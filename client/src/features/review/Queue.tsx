import { useRef, useState } from 'react';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { useKeys } from '../../studio/use-keys';
import { review, studio } from '../../studio/words';
import { type Decision, type QueueItem, type QueueStatus, statuses } from './queue';
import styles from './Queue.module.css';
import { QueueCard } from './QueueCard';
import { QueueTabs } from './QueueTabs';
import { useDecisions } from './use-decisions';
import { useQueue } from './use-queue';
import { useSelection } from './use-selection';

interface QueueProps {
  view: { status: QueueStatus; q: string };
  open: (view: { status: QueueStatus; q: string }) => void;
}

/** The place of the keyboard in the list, which the page follows. */
function useCurrent(items: readonly QueueItem[]) {
  const [current, setCurrent] = useState(0);
  const cards = useRef(new Map<string, HTMLElement>());
  const go = (index: number): void => {
    const place = Math.max(0, Math.min(index, items.length - 1));
    setCurrent(place);
    const card = cards.current.get(items[place]?.id ?? '');
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  };
  const refOf = (id: string) => (element: HTMLElement | null) => {
    if (element) cards.current.set(id, element);
    else cards.current.delete(id);
  };
  return { current, go, refOf };
}

/** The queue with what can be done in it, by hand or by key. */
function useReview({ view, open }: QueueProps) {
  const queue = useQueue(view);
  const { items } = queue;
  const decisions = useDecisions(queue.refreshCounts);
  const selection = useSelection(items.map(({ id }) => id));
  const place = useCurrent(items);
  const search = useRef<HTMLInputElement>(null);
  const here = items[place.current];
  const chosen = (): QueueItem[] => {
    if (selection.size > 0) return items.filter(({ id }) => selection.has(id));
    return here ? [here] : [];
  };

  async function decide(wanted: readonly QueueItem[], decision: Decision): Promise<void> {
    const open = wanted.filter(({ id }) => decisions.states.get(id)?.kind !== 'decided');
    if (open.length === 0 || decisions.isBusy) return;
    await decisions.decideOn(open, decision);
    selection.clear();
    const done = new Set([...decisions.states.keys(), ...open.map(({ id }) => id)]);
    const next = items.findIndex(({ id }, index) => index > place.current && !done.has(id));
    if (next >= 0) place.go(next);
  }

  const tabKeys = statuses.map((status, index) => [String(index + 1), () => open({ ...view, status })] as const);
  useKeys({
    j: () => place.go(place.current + 1),
    k: () => place.go(place.current - 1),
    a: () => void decide(chosen(), 'approved'),
    r: () => void decide(chosen(), 'rejected'),
    x: () => selection.toggle(here?.id),
    X: () => selection.extendTo(here?.id),
    u: () => void decisions.undoLast(),
    '/': () => search.current?.focus(),
    ...Object.fromEntries(tabKeys),
  });
  return { ...queue, decisions, selection, place, search, chosen, decide };
}

type Review = ReturnType<typeof useReview>;

function Cards({ items, decisions, selection, place, decide }: Review) {
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
            onSelect={() => selection.toggle(item.id)}
            onDecide={(decision) => void decide([item], decision)}
            onUndo={() => void decisions.undoOne(item.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** What can be done with all that are selected. */
function Bulk({ selection, chosen, decide }: Review) {
  if (selection.size === 0) return null;
  return (
    <div className={styles.bulk} role="group" aria-label={review.selected(selection.size)}>
      <strong>{review.selected(selection.size)}</strong>
      <button className="button" data-primary type="button" onClick={() => void decide(chosen(), 'approved')}>
        {review.approve}
      </button>
      <button className="button" type="button" onClick={() => void decide(chosen(), 'rejected')}>
        {review.reject}
      </button>
      <button className="button" data-quiet type="button" onClick={selection.clear}>
        {review.clear}
      </button>
    </div>
  );
}

/** How the loading went, where there is something to say. */
function Standing({ query, items, view }: Review & Pick<QueueProps, 'view'>) {
  if (query.isPending) return <p>{studio.loading}</p>;
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

/** The comments of one tab, to decide on. */
export function Queue(props: QueueProps) {
  const all = useReview(props);
  return (
    <>
      <QueueTabs {...props} counts={all.counts} searchRef={all.search} />
      <p className="visually-hidden" role="status">
        {all.decisions.announcement}
      </p>
      <Standing {...all} view={props.view} />
      <Cards {...all} />
      {all.query.hasNextPage ? (
        <button className="button" type="button" onClick={() => void all.query.fetchNextPage()}>
          {review.more}
        </button>
      ) : null}
      <Bulk {...all} />
      <Keys />
    </>
  );
}

function Keys() {
  return (
    <details className={styles.keys}>
      <summary>{studio.shortcuts}</summary>
      <dl>
        {review.keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
