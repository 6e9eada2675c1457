import type {
  DeadLetterState,
  LetterFilter,
  LetterPlace,
  RedeliveryJob,
  StoredLetter,
} from '../../src/delivery/dead-letter-state';
import type { DeadLetter } from '../../src/delivery/lane';

export interface LetterTables {
  letters: Map<string, Map<number, StoredLetter>>;
  jobs: Map<string, Omit<RedeliveryJob, 'waiting'>>;
}

export const emptyLetterTables = (): LetterTables => ({ letters: new Map(), jobs: new Map() });

function lettersOf(tables: LetterTables, name: string): Map<number, StoredLetter> {
  const letters = tables.letters.get(name) ?? new Map<number, StoredLetter>();
  tables.letters.set(name, letters);
  return letters;
}

function count({ jobs }: LetterTables, letter: StoredLetter | undefined, result: 'delivered' | 'failed' | 'forgotten') {
  const job = letter?.phase === 'queued' ? jobs.get(letter.job ?? '') : undefined;
  if (job) job[result] += 1;
}

export function giveUp(tables: LetterTables, name: string, letter: DeadLetter): void {
  const letters = lettersOf(tables, name);
  const before = letters.get(letter.sequence);
  count(tables, before, 'failed');
  const fresh = { group: name, redeliveries: 0, job: null, redeliveredAt: null, remains: null };
  const firstFailedAt = before?.firstFailedAt ?? letter.firstFailedAt;
  letters.set(letter.sequence, { ...fresh, ...before, ...letter, firstFailedAt, phase: 'dead' });
}

export function setAside(tables: LetterTables, name: string, letter: DeadLetter, remains: string | null): void {
  giveUp(tables, name, letter);
  const stored = lettersOf(tables, name).get(letter.sequence);
  if (stored) lettersOf(tables, name).set(letter.sequence, { ...stored, phase: 'damaged', remains });
}

export function redelivered(tables: LetterTables, name: string, sequence: number, at: number): void {
  const letters = lettersOf(tables, name);
  const letter = letters.get(sequence);
  count(tables, letter, 'delivered');
  if (letter) letters.set(sequence, { ...letter, phase: 'redelivered', redeliveredAt: at });
}

export function forget(tables: LetterTables, name: string, isMeant: (letter: StoredLetter) => boolean): void {
  const letters = lettersOf(tables, name);
  for (const letter of [...letters.values()].filter(isMeant)) {
    count(tables, letter, 'forgotten');
    letters.delete(letter.sequence);
  }
}

function fits({ ids, group, reason, key, phase }: LetterFilter): (letter: StoredLetter) => boolean {
  const isOne = (value: string | undefined, actual: string): boolean => value === undefined || value === actual;
  return (letter) =>
    (ids?.some((id) => id.group === letter.group && id.sequence === letter.sequence) ?? true) &&
    isOne(group, letter.group) &&
    isOne(reason, letter.reason) &&
    isOne(key, letter.key) &&
    isOne(phase, letter.phase);
}

const lookedAtAtOnce = 500;

const isBehind = ({ group, sequence }: LetterPlace, place: LetterPlace): boolean =>
  group === place.group ? sequence > place.sequence : group > place.group;

const inOrder = (a: StoredLetter, b: StoredLetter): number =>
  a.group === b.group ? a.sequence - b.sequence : a.group < b.group ? -1 : 1;

export function createMemoryDeadLetters(
  tables: () => LetterTables,
  commit: (transition: (tables: LetterTables) => void) => void,
): DeadLetterState {
  const all = (filter: LetterFilter = {}): StoredLetter[] =>
    [...tables().letters.values()]
      .flatMap((letters) => [...letters.values()])
      .filter(fits(filter))
      .sort(inOrder);
  const queued = (group: string, key?: string): StoredLetter[] =>
    all({ group, phase: 'queued', ...(key === undefined ? {} : { key }) });

  function jobOf(id: string): RedeliveryJob | undefined {
    const job = tables().jobs.get(id);
    return job && { ...job, waiting: job.total - job.delivered - job.failed - job.forgotten };
  }

  return {
    async letters(filter, { after, limit }) {
      const place = { group: '', sequence: 0, ...after };
      return all(filter)
        .filter((letter) => isBehind(letter, place))
        .slice(0, limit);
    },
    countDeadLetters: async (group) => all({ group }).filter(({ phase }) => phase !== 'redelivered').length,
    async queueLetters(filter, job, after = { group: '', sequence: 0 }) {
      const looked = all()
        .filter((letter) => isBehind(letter, after))
        .slice(0, lookedAtAtOnce);
      const dead = looked.filter(fits(filter)).filter(({ phase }) => phase === 'dead');
      commit((t) => {
        for (const { group, sequence } of dead) {
          const letter = lettersOf(t, group).get(sequence);
          const redeliveries = (letter?.redeliveries ?? 0) + 1;
          if (letter) lettersOf(t, group).set(sequence, { ...letter, phase: 'queued', job: job.id, redeliveries });
        }
        const before = t.jobs.get(job.id) ?? { ...job, total: 0, delivered: 0, failed: 0, forgotten: 0 };
        t.jobs.set(job.id, { ...before, total: before.total + dead.length });
      });
      const now = jobOf(job.id);
      if (!now) throw new Error('a job that was just stored is missing');
      const last = looked.length === lookedAtAtOnce ? looked.at(-1) : undefined;
      return { job: now, next: last && { group: last.group, sequence: last.sequence } };
    },
    job: async (id) => jobOf(id),
    async forgetTexts(sequences) {
      commit((t) => {
        for (const letter of all().filter(({ sequence }) => sequences.includes(sequence))) {
          lettersOf(t, letter.group).set(letter.sequence, { ...letter, detail: null, remains: null });
        }
      });
    },
    async queuedKeys(name, { after, limit } = { after: '', limit: Infinity }) {
      const keys = new Map<string, number>();
      for (const { key, sequence } of queued(name)) if (!keys.has(key)) keys.set(key, sequence);
      const ordered = [...keys].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
      return ordered.slice(0, limit).map(([key, sequence]) => ({ key, sequence }));
    },
    nextQueued: async (name, key) => queued(name, key)[0]?.sequence,
    async prune({ upTo, maxJobs, maxRedelivered, atMost }) {
      const jobs = [...tables().jobs.values()].sort((a, b) => b.createdAt - a.createdAt);
      const letters = all({ phase: 'redelivered' }).sort((a, b) => (b.redeliveredAt ?? 0) - (a.redeliveredAt ?? 0));
      const oldJobs = jobs
        .filter(({ id, createdAt }, place) => jobOf(id)?.waiting === 0 && (createdAt <= upTo || place >= maxJobs))
        .slice(-atMost);
      const oldLetters = letters
        .filter(({ redeliveredAt }, place) => (redeliveredAt ?? 0) <= upTo || place >= maxRedelivered)
        .slice(-atMost);
      commit((t) => {
        for (const { id } of oldJobs) t.jobs.delete(id);
        for (const { group, sequence } of oldLetters) lettersOf(t, group).delete(sequence);
      });
      return oldJobs.length + oldLetters.length;
    },
  };
}
