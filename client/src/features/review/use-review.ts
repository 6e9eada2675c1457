import { useRef } from 'react';
import { useKeys } from '../../studio/use-keys';
import { type Decision, type QueueItem, type QueueStatus, statuses } from './queue';
import { useCurrent } from './use-current';
import { type Decisions, isOver } from './use-decisions';
import type { useQueue } from './use-queue';
import { useSelection } from './use-selection';

export interface QueueView {
  status: QueueStatus;
  q: string;
}

export interface ReviewParts {
  view: QueueView;
  open: (view: QueueView) => void;
  queue: ReturnType<typeof useQueue>;
  decisions: Decisions;
}

/** The queue with what can be done in it, by hand or by key. */
export function useReview({ view, open, queue, decisions }: ReviewParts) {
  const { items } = queue;
  const selection = useSelection(items.map(({ id }) => id));
  const place = useCurrent(items, decisions.refused);
  const search = useRef<HTMLInputElement>(null);
  const here = items[place.current];
  const chosen = (): QueueItem[] => {
    if (selection.size > 0) return items.filter(({ id }) => selection.has(id));
    return here ? [here] : [];
  };
  const isDecided = (id: string): boolean => isOver(decisions.states.get(id));

  /** Decides, and goes on to the next that waits; where there is none, the focus stays with the last decided. */
  function decide(wanted: readonly QueueItem[], decision: Decision, reason?: string): void {
    const undecided = wanted.filter(({ id }) => !isDecided(id));
    const last = undecided.at(-1);
    if (!last) return;
    void decisions.decideOn(undecided, decision, reason);
    selection.clear();
    const done = new Set(undecided.map(({ id }) => id));
    const after = items.slice(items.findIndex(({ id }) => id === last.id) + 1);
    place.goTo((after.find(({ id }) => !done.has(id) && !isDecided(id)) ?? last).id);
  }

  async function undo(): Promise<void> {
    const [first] = await decisions.undoLast();
    if (items.some(({ id }) => id === first)) place.goTo(first);
  }

  const showFresh = async (): Promise<void> => {
    if (queue.fresh === 0) return;
    decisions.showAfresh();
    const { data } = await queue.query.refetch();
    place.goTo(data?.pages[0]?.items[0]?.id);
  };

  useKeys({
    j: () => place.step(1),
    k: () => place.step(-1),
    a: () => decide(chosen(), 'approved'),
    r: () => decide(chosen(), 'rejected'),
    x: () => selection.toggle(here?.id),
    X: () => selection.extendTo(here?.id),
    u: () => void undo(),
    n: () => void showFresh(),
    '/': () => search.current?.focus(),
    ...Object.fromEntries(statuses.map((status, index) => [String(index + 1), () => open({ ...view, status })])),
  });
  return { view, open, queue, decisions, selection, place, search, chosen, decide, undo, showFresh };
}

export type Review = ReturnType<typeof useReview>;
