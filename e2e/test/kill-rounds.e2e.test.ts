/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { setTimeout as delay } from 'node:timers/promises';
import { createComment, createPost, readAllPosts, readWholeView, servers } from '../harness/blog';
import { createRandom, type Random } from '../harness/random';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(600_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const rounds = 20;
const writers = 4;
const postsPerWriter = 5;
const commentsPerPost = 3;
const acknowledgedPerRound = writers * postsPerWriter * (1 + commentsPerPost);
const pauseAfterFailureMs = 30;

/** What was answered with 201: titles by post id, and contents by comment id. */
interface Acknowledged {
  posts: Map<string, string>;
  comments: Map<string, { postId: string; content: string }>;
}

const sizeOf = ({ posts, comments }: Acknowledged): number => posts.size + comments.size;

/** Tries until something is acknowledged. Each try has a text of its own: of those that failed, nobody knows the outcome. */
async function persist<T>(attempt: (text: string) => Promise<T>, name: string): Promise<{ result: T; text: string }> {
  for (let tries = 1; ; tries += 1) {
    const text = `${name}, try ${tries}`;
    try {
      return { result: await attempt(text), text };
    } catch (error) {
      // Anything but a broken connection or a process that is closing would be a wrong answer.
      if (!/fetch failed|terminated|answered 503|timeout/.test(String(error))) throw error;
      await delay(pauseAfterFailureMs);
    }
  }
}

async function write(system: System, acknowledged: Acknowledged, name: string, random: Random): Promise<void> {
  for (let number = 1; number <= postsPerWriter; number += 1) {
    const { result: post, text: title } = await persist((text) => createPost(system, text), `${name} post ${number}`);
    acknowledged.posts.set(post.id, title);
    for (let which = 1; which <= commentsPerPost; which += 1) {
      const comment = (text: string) =>
        createComment(system, post.id, text, random.pick(['comments', 'comments-2', 'comments-3'] as const));
      const { result, text } = await persist(comment, `${name} comment ${number}.${which}`);
      acknowledged.comments.set(result.id, { postId: post.id, content: text });
    }
  }
}

/** Kills a random process in the middle of the load, and starts it again. Gives its name. */
async function killOne(system: System, acknowledged: Acknowledged, random: Random): Promise<string> {
  const victim = random.pick(system.all);
  const goal = sizeOf(acknowledged) + random.below(acknowledgedPerRound);
  await waitFor('the moment to kill', () => sizeOf(acknowledged) >= goal);
  await victim.kill('SIGKILL');
  await victim.start();
  return victim.name;
}

function expectOnce(values: string[]): void {
  const seen = new Set<string>();
  expect(values.filter((value) => seen.has(value) || !seen.add(value))).toEqual([]);
}

describe('killing processes', () => {
  const getSystem = useSystem({ only: servers });

  it(`loses nothing that was acknowledged, and shows it once, in ${rounds} rounds (SEED=${seed})`, async () => {
    const system = getSystem();
    // Not shared with the writers: who is killed must not depend on how they take turns.
    const random = createRandom(seed);
    const acknowledged: Acknowledged = { posts: new Map(), comments: new Map() };
    const killed: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const loads = Array.from({ length: writers }, (_, index) =>
        write(system, acknowledged, `round ${round} writer ${index + 1}`, createRandom(seed + index)),
      );
      const [name] = await Promise.all([killOne(system, acknowledged, random), ...loads]);
      killed.push(name);
    }
    expect(killed).toHaveLength(rounds);
    expect(sizeOf(acknowledged)).toBe(rounds * acknowledgedPerRound);

    await eventually(
      `all acknowledged posts and comments in the view (killed: ${killed.join(', ')})`,
      async () => {
        const view = await readWholeView(system);
        const comments = view.flatMap((post) => post.comments);
        const missingPosts = [...acknowledged.posts.keys()].filter((id) => !view.some((post) => post.id === id));
        const shown = new Set(comments.filter(({ status }) => status === 'approved').map(({ id }) => id));
        expect(missingPosts).toEqual([]);
        expect([...acknowledged.comments.keys()].filter((id) => !shown.has(id))).toEqual([]);
        // Those of unknown outcome too: what a service has stored is shown.
        expect(view.map(({ id }) => id).sort()).toEqual((await readAllPosts(system)).map(({ id }) => id).sort());
        expect(comments.filter(({ status }) => status !== 'approved')).toEqual([]);
      },
      { within: 120_000 },
    );

    const view = await readWholeView(system);
    const comments = view.flatMap((post) => post.comments.map((comment) => ({ ...comment, postId: post.id })));
    expectOnce(view.map(({ title }) => title));
    expectOnce(comments.map(({ content }) => content));
    for (const { id, title } of view) expect(acknowledged.posts.get(id) ?? title).toBe(title);
    for (const { id, content, postId } of comments) {
      expect({ postId, content, ...acknowledged.comments.get(id) }).toEqual({ postId, content });
    }
  });
});
