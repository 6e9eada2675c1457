import { newId, silentLogger } from '@blog/kit';
import { createRelay } from '@blog/kit/state';
import { createInMemoryBus, type InMemoryBus, type Outcome } from '../../common/kit/test/in-memory-bus';
import { useTestLife } from '../../common/kit/test/test-life';
import { createRandom } from '../../e2e/harness/random';
import { applyVerdict, type Comment, createComment } from '../src/domain';
import type { CommentStore } from '../src/store';
import { openTestSchema, type TestSchema } from '../../common/kit/test/postgres';
import { openAt, postgresPlace } from './store-place';

jest.setTimeout(60_000);

const life = useTestLife();
const now = () => new Date();
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
let schema: TestSchema;

beforeEach(async () => {
  schema = life.closing(await openTestSchema());
  // The shortest back-off, always.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => jest.restoreAllMocks());

function aReplica(bus: Pick<InMemoryBus, 'publish' | 'batchLimit'>) {
  const store = life.closing(openAt(schema.url(), now));
  const relay = createRelay({ outbox: store.outbox, bus, logger: silentLogger });
  return { store, relay };
}

async function create(store: CommentStore, postId: string): Promise<Comment> {
  const id = newId();
  const change = createComment({ content: id, author: '' }, { id, postId, tokenHash: id, authorId: id, now: now() });
  await store.transaction([postId], (tx) => tx.insert(change));
  return change.comment;
}

const judge = ({ id, postId }: Comment, store: CommentStore, revision: number) =>
  store.transaction([postId], async (tx) => {
    const comment = await tx.find(id);
    const status = revision % 2 ? 'approved' : 'rejected';
    const change = comment && applyVerdict(comment, { status, reason: 'No.', revision });
    if (change) await tx.update(change, {});
  });

/** The versions of each comment in the order in which the bus has stored them. */
function versionsIn(bus: InMemoryBus): number[][] {
  const versions = new Map<string, number[]>();
  for (const { data } of bus.log) {
    const { id, version } = data as { id: string; version: number };
    versions.set(id, [...(versions.get(id) ?? []), version]);
  }
  return [...versions.values()];
}

describe('The relays of three replicas', () => {
  it(`send each event once and those of a comment in order, whatever fails and whoever is faster (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const outcome = () => random.pick<Outcome>(['stored', 'stored', 'stored', 'away', 'answer lost']);
    const bus = createInMemoryBus({ outcome, batchLimit: 3 });
    const replicas = Array.from({ length: 3 }, () => aReplica(bus));
    const lifeOfAComment = async () => {
      const writer = random.pick(replicas);
      const comment = await create(writer.store, `p${random.below(3)}`);
      writer.relay.nudge();
      for (let revision = 1; revision <= 3; revision += 1) {
        const { store, relay } = random.pick(replicas);
        await judge(comment, store, revision);
        relay.nudge();
      }
    };
    await Promise.all(Array.from({ length: 12 }, lifeOfAComment));
    for (const { relay } of replicas) relay.nudge();
    await Promise.all(replicas.map(({ relay }) => relay.drained()));
    await Promise.all(replicas.map(({ relay }) => relay.stop()));
    expect(await postgresPlace(schema).outbox()).toEqual([]);
    expect(versionsIn(bus)).toEqual(Array(12).fill([1, 2, 3, 4]));
  });

  it('do not wait for one whose bus never answers', async () => {
    const bus = createInMemoryBus();
    const hanging = { batchLimit: () => 100, publish: () => new Promise<void>(() => undefined) };
    const [stuck, alive] = [aReplica(hanging), aReplica(bus)];
    await create(stuck.store, 'p1');
    stuck.relay.nudge();
    await create(alive.store, 'p1');
    alive.relay.nudge();
    await alive.relay.drained();
    expect(bus.log).toHaveLength(2);
    void stuck.relay.stop();
    await alive.relay.stop();
  });
});
