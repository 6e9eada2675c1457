/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { expectAgreement, type Load, startLoad } from '../harness/load';
import { createRandom } from '../harness/random';
import { read, send } from '../harness/send';
import { startSuccessors, type Successors } from '../harness/successors';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(600_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const rounds = process.env.CI === 'true' ? 2 : 1;
const names = ['event-bus', 'posts', 'comments', 'moderation', 'query'] as const;
const alone = ['posts', 'moderation', 'query'] as const;

type Name = (typeof names)[number];
type End = 'SIGTERM' | 'SIGKILL';

const ends: readonly End[] = ['SIGTERM', 'SIGKILL'];

interface Logged {
  id: string;
  type: string;
  data: { id: string; version?: number; status?: string };
}

let system: Successors;
let load: Load;
beforeEach(async () => {
  system = await startSuccessors(names);
  load = startLoad(system, { seed, writers: 2, replicas: ['comments'] });
});
afterEach(async () => {
  await load.stop().catch(() => undefined);
  await system.stop();
});

const moreLoad = async (): Promise<void> => {
  const { size } = load.acknowledged.comments;
  await waitFor('more comments', () => load.failure !== undefined || load.acknowledged.comments.size >= size + 5);
};

/** What the one that waits answers: it takes nothing. */
async function expectWaiting(url: string): Promise<void> {
  const answers = [
    await send(`${url}/healthz`),
    await send(`${url}/readyz`),
    await send(`${url}/events`, { json: [] }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(answers[2]?.headers.get('retry-after')).toBe('1');
}

/** Starts a second process while the first is under load, ends the first, and waits until the second has taken over. */
async function takeOver(name: Name, end: End): Promise<void> {
  const service = system.of(name);
  const { current, next } = service;
  const { length } = next.logs;
  const ready = next.start();
  ready.catch(() => undefined);
  const said = (): string => next.logs.slice(length).join('\n');
  await waitFor(`the second ${name} to wait`, () => said().includes('another process works on the same file'));
  await expectWaiting(next.url);
  await moreLoad();
  expect([current.isRunning, next.isRunning]).toEqual([true, true]);
  if (end === 'SIGTERM') expect(await current.stop()).toBe(0);
  else await current.kill('SIGKILL');
  await ready;
  expect(said()).toContain('the other process has ended');
  service.advance();
  await moreLoad();
}

/** Everything that anybody has published, in the bus's order. */
const history = (): Promise<Logged[]> => read<Logged[]>(`${system.urls['event-bus']}/events`);

/** Of each comment's state there is one fact, and of each post: nothing was published again under another id. */
async function expectEachFactOnce(): Promise<void> {
  const facts = (await history()).map(({ type, data: { id, version, status } }) =>
    [type, id, version, status].join(' '),
  );
  expect(facts.filter((fact, index) => facts.indexOf(fact) !== index)).toEqual([]);
}

describe('a second process on the database of a service under load', () => {
  it(`waits, and takes over when the first one ends or is killed; nothing is lost or told twice (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const left = Array.from({ length: rounds }, () =>
      alone.flatMap((name) => ends.map((end) => ({ name, end }))),
    ).flat();
    while (left.length > 0) {
      const [{ name, end }] = left.splice(random.below(left.length), 1) as [(typeof left)[number]];
      await takeOver(name, end);
      expect(load.failure).toBeUndefined();
    }
    await load.stop();
    await eventually('all that was acknowledged in the view', () => expectAgreement(system, load.acknowledged), {
      within: 60_000,
    });
    await expectEachFactOnce();
    expect(names.filter((name) => !system.of(name).current.isRunning)).toEqual([]);
  });

  it('starts at once where it is comments, whose replicas share their file, and goes on when another is killed', async () => {
    const comments = system.of('comments');
    for (let round = 1; round <= rounds; round += 1) {
      await moreLoad();
      await comments.next.start();
      expect([comments.current.isRunning, comments.next.isRunning]).toEqual([true, true]);
      expect(comments.next.logs.join('\n')).not.toContain('another process works on the same file');
      const killed = comments.current.kill('SIGKILL');
      comments.advance();
      await killed;
      await moreLoad();
    }
    await load.stop();
    await eventually('all that was acknowledged in the view', () => expectAgreement(system, load.acknowledged));
    await expectEachFactOnce();
  });
});
