import { useRef, useState } from 'react';
import { refusalOf } from '../../studio/request';
import { erasing, review } from '../../studio/words';
import { type Decision, decide, erase, type ErasedOf, type QueueItem, type Result, takeBack } from './queue';

/** What became of a card in this window: decided here (and it can be undone), erased, or why not. */
export type CardState =
  { kind: 'decided'; decision: Decision } | { kind: 'erased' } | { kind: 'failed'; message: string };

/** Whether nothing more is to be decided on a card, unless that is undone. */
export const isOver = (state: CardState | undefined): boolean => state?.kind === 'decided' || state?.kind === 'erased';

interface Batch {
  decision: Decision;
  ids: string[];
}

export interface Decisions {
  states: ReadonlyMap<string, CardState>;
  isBusy: boolean;
  /** Said politely after each action. */
  announcement: string;
  /** The comments that the last refusal was about: another list for each refusal. */
  refused: readonly string[];
  /** What can be taken back at once: the last action. */
  last: { count: number; decision: Decision } | undefined;
  /** `reason` is for the authors. */
  decideOn(items: readonly QueueItem[], decision: Decision, reason?: string): Promise<void>;
  /** Takes back the last action, one comment or many. Resolves with their ids. */
  undoLast(): Promise<readonly string[]>;
  /** Takes back what was decided on one comment. */
  undoOne(commentId: string): Promise<void>;
  /** Erases a comment, or all of its author, for good. */
  erase(item: QueueItem, of: ErasedOf): Promise<void>;
  /** Another list is shown, in which everything stands as it is stored. What was done can still be taken back. */
  showAfresh(): void;
}

const conflict = 409;

/** Who was overruled unawares is told; who decides once more then, knows. */
function failureOf({ status, detail }: { status: number; detail?: string }): Failed {
  const message = detail ?? String(status);
  return { kind: 'failed', message: status === conflict ? `${message} ${review.overrule}` : message };
}

/** Takes what was undone out of the batches, and batches that are empty then. */
function without(batches: readonly Batch[], undone: ReadonlySet<string>): Batch[] {
  return batches
    .map((batch) => ({ ...batch, ids: batch.ids.filter((id) => !undone.has(id)) }))
    .filter((batch) => batch.ids.length > 0);
}

/**
 * The states of the cards, and what changes them: one action after the other, however fast they are asked for. Nothing
 * that somebody does while an answer is on its way is lost.
 */
function useActions(onChanged: () => void) {
  const [states, setStates] = useState<ReadonlyMap<string, CardState>>(new Map());
  const [running, setRunning] = useState(0);
  const [announcement, announce] = useState('');
  const [refused, setRefused] = useState<readonly string[]>([]);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const show = (changed: readonly (readonly [string, CardState])[], gone: ReadonlySet<string> = new Set()): void => {
    setStates((before) => new Map([...[...before].filter(([id]) => !gone.has(id)), ...changed]));
    const failed = changed.filter(([, { kind }]) => kind === 'failed');
    if (failed.length > 0) setRefused(failed.map(([id]) => id));
  };

  /** `idsOf` and `work` are called when all before is done. Resolves with the ids. */
  function attempt(idsOf: () => readonly string[], work: (ids: readonly string[]) => Promise<string>) {
    const act = async (): Promise<readonly string[]> => {
      const ids = idsOf();
      if (ids.length === 0) return ids;
      try {
        announce(await work(ids));
        onChanged();
      } catch (error) {
        const { message } = refusalOf(error);
        announce(message);
        show(ids.map((id) => [id, { kind: 'failed', message }] as const));
      }
      return ids;
    };
    setRunning((before) => before + 1);
    const acted = queue.current.then(act).finally(() => setRunning((before) => before - 1));
    queue.current = acted;
    return acted;
  }
  function showAfresh(): void {
    setStates(new Map());
    setRefused([]);
  }
  return { states, isBusy: running > 0, announcement, refused, show, attempt, showAfresh };
}

/** What was done here and can be taken back, the last action last. Known at once, and drawn soon. */
function useBatches() {
  const batches = useRef<readonly Batch[]>([]);
  const [last, setLast] = useState<Decisions['last']>();
  return {
    last,
    newest: (): readonly string[] => batches.current.at(-1)?.ids ?? [],
    change(by: (before: readonly Batch[]) => readonly Batch[]): void {
      batches.current = by(batches.current);
      const newest = batches.current.at(-1);
      setLast(newest && { count: newest.ids.length, decision: newest.decision });
    },
  };
}

/**
 * The revisions of the verdicts that this window knows to be in force: each of its own makes a higher one than the list
 * had. Of one that somebody else decided meanwhile none is known: deciding on it again overrules whatever is there.
 */
function createRevisions() {
  const known = new Map<string, number | undefined>();
  return {
    of: ({ id, revision }: QueueItem) => (known.has(id) ? known.get(id) : revision),
    get: (id: string) => known.get(id),
    note(results: readonly Result[]): readonly Result[] {
      for (const one of results) {
        if (!('error' in one)) known.set(one.commentId, one.revision);
        else if (one.error.status === conflict) known.set(one.commentId, undefined);
      }
      return results;
    },
  };
}

type Failed = Extract<CardState, { kind: 'failed' }>;

/** What was done and what failed, by the results. */
function sorted(results: readonly Result[]): { done: string[]; failed: [string, Failed][] } {
  return {
    done: results.flatMap((one) => ('error' in one ? [] : [one.commentId])),
    failed: results.flatMap((one) => ('error' in one ? [[one.commentId, failureOf(one.error)]] : [])),
  };
}

/** In words: how many were done, unless it is none, and why others were not, each reason once. */
function said({ done, failed }: ReturnType<typeof sorted>, what: string): string {
  const reasons = new Set(failed.map(([, { message }]) => message));
  return [...(done.length === 0 ? [] : [`${review.done(done.length, what)}.`]), ...reasons].join(' ');
}

/** Decides on comments, remembers what was decided here, and takes it back. */
export function useDecisions(onChanged: () => void): Decisions {
  const { show, attempt, ...shown } = useActions(onChanged);
  const batches = useBatches();
  const [known] = useState(createRevisions);

  async function takeBackAll(ids: readonly string[]): Promise<string> {
    const wishes = ids.map((commentId) => ({ commentId, revision: known.get(commentId) }));
    const results = sorted(known.note(await takeBack(wishes)));
    const { done, failed } = results;
    // What somebody else has decided since then is theirs to take back.
    const over = new Set([...done, ...failed.map(([id]) => id)]);
    batches.change((before) => without(before, over));
    show(failed, new Set(done));
    return said(results, review.undone);
  }

  async function decideAll(items: readonly QueueItem[], decision: Decision, reason?: string): Promise<string> {
    const seen = items.map((item) => [item, known.of(item)] as const);
    const results = sorted(known.note(await decide(seen, decision, reason)));
    const { done, failed } = results;
    if (done.length > 0) batches.change((before) => [...before, { decision, ids: done }]);
    show(failed);
    return said(results, review.decided[decision]);
  }

  return {
    ...{ ...shown, last: batches.last },
    async decideOn(items, decision, reason) {
      const ids = items.map(({ id }) => id);
      // At once: whoever decides goes on to the next, and hears of what failed.
      show(ids.map((id) => [id, { kind: 'decided', decision }] as const));
      await attempt(
        () => ids,
        () => decideAll(items, decision, reason),
      );
    },
    undoLast: () => attempt(batches.newest, takeBackAll),
    undoOne: async (commentId) => void (await attempt(() => [commentId], takeBackAll)),
    async erase(item, of) {
      const work = async (): Promise<string> => {
        const gone = await erase(item, of);
        show(gone.map((id) => [id, { kind: 'erased' }] as const));
        batches.change((before) => without(before, new Set(gone)));
        return review.done(gone.length, erasing.erased);
      };
      await attempt(() => [item.id], work);
    },
  };
}
