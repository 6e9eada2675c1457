import { CommentFact, type CommentStatus, VerdictFact } from '@blog/contract';
import fc from 'fast-check';
import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { decide, undo } from '../src/domain';
import { createEventHandlers } from '../src/event-handlers';
import type { ModerationTransaction } from '../src/moderation-transaction';
import { openModerationStore, type ModerationStore } from '../src/store';
import { comment, noon } from './moderation-service';

jest.setTimeout(60_000);
const life = useTestLife();
const now = () => new Date(noon);
const ids = ['c1', 'c2', 'c3'];
const texts = ['Nice', 'an orange', 'hold this', 'a flag'];
const set = {
  trustAfter: 2,
  rules: [
    {
      kind: 'words' as const,
      name: 'orange',
      action: 'reject' as const,
      words: ['orange'],
      caseSensitive: true,
      reason: '',
    },
    {
      kind: 'words' as const,
      name: 'hold',
      action: 'hold' as const,
      words: ['hold'],
      caseSensitive: false,
      reason: '',
    },
    { kind: 'phrases' as const, name: 'flag', action: 'flag' as const, phrases: ['flag'], reason: '' },
  ],
};

/** What the comments service and the moderators may do. `deliver` brings an event of the past again, or late. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      id: fc.constantFrom(...ids),
      text: fc.constantFrom(...texts),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), event: fc.nat(50) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      id: fc.constantFrom(...ids),
      verdict: fc.constantFrom('approved' as const, 'rejected' as const, 'pending' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), id: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), id: fc.constantFrom(...ids) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Told =
  | { type: 'CommentCreated' | 'CommentUpdated'; data: CommentFact }
  | { type: 'CommentDeleted'; data: { id: string; postId: string } };

/** The comments service as its contract says: what it keeps of each comment, and the events that it sent. */
function createComments() {
  const kept = new Map<string, { fact: CommentFact; textVersion: number; revision: number }>();
  const gone = new Set<string>();
  const events: Told[] = [];
  const tell = (type: 'CommentCreated' | 'CommentUpdated', data: CommentFact) => void events.push({ type, data });
  return {
    events,
    kept,
    gone,
    write(id: string, content: string) {
      const known = kept.get(id);
      if (gone.has(id) || known?.fact.content === content) return;
      const version = (known?.fact.version ?? 0) + 1;
      const fact = CommentFact.parse(
        comment(id, content, { version, authorId: 'a1', ...(known ? { editedAt: noon } : {}) }),
      );
      kept.set(id, { fact, textVersion: version, revision: known?.revision ?? 0 });
      tell(known ? 'CommentUpdated' : 'CommentCreated', fact);
    },
    remove(id: string) {
      if (!kept.delete(id)) return;
      gone.add(id);
      events.push({ type: 'CommentDeleted', data: { id, postId: 'p1' } });
    },
    moderated({ id, status, revision = 0, commentVersion = 0 }: VerdictFact) {
      const known = kept.get(id);
      if (!known || revision <= known.revision || commentVersion < known.textVersion) return;
      const fact = { ...known.fact, status, version: (known.fact.version ?? 0) + 1 };
      kept.set(id, { ...known, fact, revision });
      tell('CommentUpdated', fact);
    },
  };
}

async function openWithRules(file: string): Promise<ModerationStore> {
  const store = openModerationStore({ file, now });
  await store.transaction((tx) => tx.saveRules({ version: 2, set, by: 'ana', at: noon }));
  return store;
}

/** Somebody's decision, or its undoing; one that isn't possible is passed over. */
async function decideOn(tx: ModerationTransaction, id: string, verdict: CommentStatus | 'undo'): Promise<void> {
  const { entry, verdicts } = await tx.find(id);
  const [last, ...earlier] = verdicts;
  if (!entry || !last || entry.status === 'deleted') return;
  const judged = { entry, verdicts: [last, ...earlier] as [typeof last, ...typeof earlier] };
  if (verdict === 'undo' && !(last.byPerson && earlier.length > 0)) return;
  const decider = { by: 'ana', at: noon };
  const made =
    verdict === 'undo' ? undo(judged, { commentId: id }, decider) : decide(judged, { commentId: id, verdict }, decider);
  if (made) await tx.save(made);
}

function verdictsIn(file: string): VerdictFact[] {
  const raw = openRaw(file);
  const rows = raw.prepare<[], { event: string }>('SELECT event FROM outbox ORDER BY position').all();
  raw.close();
  return rows.map(({ event }) => VerdictFact.parse((JSON.parse(event) as { data: unknown }).data));
}

/** Fails where the search index tells of another text than the one that is stored. */
function expectSearchableAsStored(file: string): void {
  const raw = openRaw(file);
  raw.exec(`INSERT INTO comment_search (comment_search, rank) VALUES ('integrity-check', 1)`);
  raw.close();
}

/** Runs a history against the real store; everything told arrives in the end, in its order, and some of it more often. */
async function run(store: ModerationStore, file: string, steps: Step[]) {
  const comments = createComments();
  const apply = createEventHandlers(store, { now });
  let told = 0;
  const bringVerdicts = () => {
    const verdicts = verdictsIn(file);
    for (const verdict of verdicts.slice(told)) comments.moderated(verdict);
    told = verdicts.length;
  };
  let brought = 0;
  const bringEvents = async (most: number) => {
    for (; brought < Math.min(most, comments.events.length); brought += 1)
      await apply(comments.events.slice(brought, brought + 1));
  };
  for (const one of steps) {
    if (one.do === 'write') comments.write(one.id, one.text);
    if (one.do === 'delete') comments.remove(one.id);
    if (one.do === 'decide') await store.transaction((tx) => decideOn(tx, one.id, one.verdict));
    if (one.do === 'undo') await store.transaction((tx) => decideOn(tx, one.id, 'undo'));
    // One that was brought before comes again; else the next ones come.
    if (one.do === 'deliver' && one.event < brought) await apply(comments.events.slice(one.event, one.event + 1));
    else if (one.do === 'deliver') await bringEvents(brought + 2);
    if (one.do === 'deliver' && one.event % 2 === 0) bringVerdicts();
  }
  for (let before = -1; before < comments.events.length + told;) {
    before = comments.events.length + told;
    await bringEvents(Infinity);
    bringVerdicts();
  }
  // All of it once more, the oldest last: nothing of it is news.
  for (const event of comments.events.toReversed()) await apply([event]);
  expect(verdictsIn(file)).toHaveLength(told);
  return comments;
}

describe('Whatever comments and moderators do, and however often events come', () => {
  it('both services agree in the end, and revisions only grow', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        const file = life.file(`moderation-${(made += 1)}.db`);
        const store = await openWithRules(file);
        try {
          const comments = await run(store, file, steps);
          for (const id of ids) {
            const { entry, verdicts } = await store.transaction((tx) => tx.find(id));
            const known = comments.kept.get(id);
            if (!known) {
              expect(entry?.status ?? 'deleted').toBe('deleted');
              continue;
            }
            const status = entry?.status === 'flagged' ? 'approved' : entry?.status;
            expect([entry?.comment.content, status]).toEqual([known.fact.content, known.fact.status]);
            expect(entry?.comment.version).toBe(known.textVersion);
            expect(verdicts[0]?.revision).toBe(entry?.revision);
          }
          expectSearchableAsStored(file);
          const told = verdictsIn(file);
          for (const id of ids) {
            const revisions = told.filter((one) => one.id === id).map(({ revision = 0 }) => revision);
            expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });
});
