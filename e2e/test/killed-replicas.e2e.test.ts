/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../harness/random';
import { type Answer, read, send, type Sent } from '../harness/send';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(180_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const replicas = ['comments', 'comments-2', 'comments-3'] as const;
const postId = 'a-post';
const count = 60;
const kills = 8;

interface Logged {
  type: string;
  data: { id: string; content?: string; status?: string; version?: number };
}

/** Sends the same request, each time to any of the replicas, until one answers. */
async function persist(system: System, random: Random, path: string, sent: Sent): Promise<Answer> {
  for (;;) {
    const answer = await send(`${system.urls[random.pick(replicas)]}${path}`, sent).catch(() => undefined);
    if (answer && answer.status !== 503) return answer;
    await delay(20);
  }
}

/** Writes a comment with a key, twice at once, and changes its text; gives its address and token. */
async function writeAndChange(system: System, random: Random, number: number) {
  const key = { 'Idempotency-Key': `key-${number}` };
  const post = () =>
    persist(system, random, `/posts/${postId}/comments`, { json: { content: `${number}` }, headers: key });
  const [first, second] = await Promise.all([post(), post()]);
  expect([first.status, second.status]).toEqual([201, 201]);
  const [token, path] = ['Comment-Token', 'Location'].map((name) => first.headers.get(name) ?? '') as [string, string];
  expect([second.headers.get('Comment-Token'), second.headers.get('Location')]).toEqual([token, path]);
  const own = { 'Comment-Token': token };
  const edited = await persist(system, random, path, {
    method: 'PATCH',
    json: { content: `${number}!` },
    headers: own,
  });
  expect(edited.status).toBe(200);
  return { path, own };
}

async function killSome(system: System, random: Random): Promise<void> {
  for (let kill = 1; kill <= kills; kill += 1) {
    const victim = system.get(random.pick(replicas));
    await victim.kill('SIGKILL');
    await victim.start();
  }
}

const ofType = (events: Logged[], type: string) =>
  events.filter((event) => event.type === type).map(({ data }) => data);
const ids = (facts: { id: string }[]) => facts.map(({ id }) => id).sort();

describe('three replicas of comments, of which some are killed', () => {
  const getSystem = useSystem({ only: ['event-bus', 'moderation', ...replicas] });

  it(`do once what is asked again and again, and remove every comment of a deleted post (SEED=${seed})`, async () => {
    const system = getSystem();
    const random = createRandom(seed);
    const write = async () => {
      const written: Awaited<ReturnType<typeof writeAndChange>>[] = [];
      for (let number = 1; number <= count; number += 1) written.push(await writeAndChange(system, random, number));
      return written;
    };
    const [written] = await Promise.all([write(), killSome(system, createRandom(seed + 1))]);
    expect(new Set(written.map(({ path }) => path)).size).toBe(count);

    const log = () => read<Logged[]>(`${system.urls['event-bus']}/events`);
    await eventually('each comment and its edit in the log', async () => {
      const events = await log();
      const created = ofType(events, 'CommentCreated');
      expect(ids(created)).toEqual(written.map(({ path }) => path.split('/').pop()).sort());
      const edits = ofType(events, 'CommentUpdated').filter(({ status }) => status === 'pending');
      expect(edits.map(({ content }) => content).sort()).toEqual(created.map(({ content }) => `${content}!`).sort());
    });

    const gone = persist(system, random, written[0]?.path ?? '', { method: 'DELETE', headers: written[0]?.own ?? {} });
    expect([204, 404]).toContain((await gone).status);
    const deleted = { json: { type: 'PostDeleted', data: { id: postId } } };
    expect((await send(`${system.urls['event-bus']}/events`, deleted)).status).toBe(200);
    await killSome(system, createRandom(seed + 2));
    await eventually('each comment told of as deleted, once', async () => {
      const events = await log();
      expect(ids(ofType(events, 'CommentDeleted'))).toEqual(ids(ofType(events, 'CommentCreated')));
      expect(await read(`${system.urls.comments}/posts/${postId}/comments`)).toEqual([]);
    });
    const late = { json: { content: 'Late' } };
    expect((await persist(system, random, `/posts/${postId}/comments`, late)).status).toBe(404);
  });
});
