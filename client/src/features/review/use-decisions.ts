import { useRef, useState } from 'react';
import { refusalOf } from '../../studio/request';
import { review } from '../../studio/words';
import { type Decision, decide, type QueueItem, type Result, takeBack } from './queue';

/** What became of a card in this window: decided here (and it can be undone), or why not. */
export type CardState = { kind: 'decided'; decision: Decision; revision: number } | { kind: 'failed'; message: string };

interface Batch {
  decision: Decision;
  items: { commentId: string; revision: number }[];
}

export interface Decisions {
  states: ReadonlyMap<string, CardState>;
  isBusy: boolean;
  /** Said politely after each action. */
  announcement: string;
  decideOn(items: readonly QueueItem[], decision: Decision): Promise<void>;
  /** Takes back the last action, one comment or many. */
  undoLast(): Promise<void>;
  /** Takes back what was decided on one comment. */
  undoOne(commentId: string): Promise<void>;
}

const stateOf = (result: Result, decision: Decision): CardState =>
  'error' in result
    ? { kind: 'failed', message: result.error.detail ?? String(result.error.status) }
    : { kind: 'decided', decision, revision: result.revision };

/** Takes what was undone out of the batches, and batches that are empty then. */
function without(batches: readonly Batch[], undone: ReadonlySet<string>): Batch[] {
  return batches
    .map((batch) => ({ ...batch, items: batch.items.filter(({ commentId }) => !undone.has(commentId)) }))
    .filter((batch) => batch.items.length > 0);
}

const doneOf = (results: readonly Result[]): Batch['items'] =>
  results.flatMap((one) => ('error' in one ? [] : [{ commentId: one.commentId, revision: one.revision }]));

/** The states of the cards, and one action at a time that changes them. */
function useActions(onChanged: () => void) {
  const [states, setStates] = useState<ReadonlyMap<string, CardState>>(new Map());
  const [isBusy, setBusy] = useState(false);
  const [announcement, announce] = useState('');
  const show = (changed: readonly (readonly [string, CardState])[], gone: ReadonlySet<string> = new Set()): void =>
    setStates((before) => new Map([...[...before].filter(([id]) => !gone.has(id)), ...changed]));

  async function attempt(ids: readonly string[], work: () => Promise<string>): Promise<void> {
    setBusy(true);
    try {
      announce(await work());
      onChanged();
    } catch (error) {
      const { message } = refusalOf(error);
      announce(message);
      show(ids.map((id) => [id, { kind: 'failed', message }] as const));
    } finally {
      setBusy(false);
    }
  }
  return { states, isBusy, announcement, show, attempt };
}

/** Decides on comments, remembers what was decided here, and takes it back. */
export function useDecisions(onChanged: () => void): Decisions {
  const { states, isBusy, announcement, show, attempt } = useActions(onChanged);
  const batches = useRef<Batch[]>([]);

  const undo = (items: Batch['items']): Promise<void> =>
    attempt(
      items.map(({ commentId }) => commentId),
      async () => {
        const results = await takeBack(items);
        const undone = new Set(doneOf(results).map(({ commentId }) => commentId));
        batches.current = without(batches.current, undone);
        const failed = results.filter(({ commentId }) => !undone.has(commentId));
        show(
          failed.map((one) => [one.commentId, stateOf(one, 'pending')] as const),
          undone,
        );
        return review.bulkDone(undone.size, review.undo);
      },
    );

  return {
    ...{ states, isBusy, announcement },
    decideOn: (items, decision) =>
      attempt(
        items.map(({ id }) => id),
        async () => {
          const results = await decide(items, decision);
          const done = doneOf(results);
          if (done.length > 0) batches.current.push({ decision, items: done });
          show(results.map((one) => [one.commentId, stateOf(one, decision)] as const));
          return review.bulkDone(done.length, review.decided[decision]);
        },
      ),
    async undoLast() {
      const last = batches.current.at(-1);
      if (last) await undo(last.items);
    },
    async undoOne(commentId) {
      const state = states.get(commentId);
      if (state?.kind === 'decided') await undo([{ commentId, revision: state.revision }]);
    },
  };
}
