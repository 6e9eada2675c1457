/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPost, readView, servers } from '../harness/blog';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(120_000);

const system = useSystem({ only: [...servers, 'client'], env: { COMMENTS_PER_MINUTE: '0' } });

/** A definition that is used again and again: of 120,000 characters 225,000,000 would become. */
const multiplying = (length: number): string =>
  `[a]: ${'x'.repeat(length / 2)}\n\n${'[a] '.repeat(length / 8)}`.slice(0, length);

const hostile: Record<string, string> = {
  references: multiplying(120_000),
  code: `\`\`\`xml\n${'<a><b>'.repeat(30_000)}\n\`\`\``,
  'sharp code': `\`\`\`csharp\n${'<a>\nlet a'.repeat(2_000)}\n\`\`\``,
  quotes: '> '.repeat(90_000),
  slashes: '//a.b/'.repeat(30_000),
  images: `${'!['.repeat(28_000)}a${'](b)'.repeat(28_000)}`,
};

const get = async (url: string): Promise<{ status: number; size: number; text: string }> => {
  const { status, text } = await send(url);
  return { status, size: text.length, text };
};

async function isEveryPageServed(ids: readonly string[]): Promise<void> {
  const { client, query, posts } = system().urls;
  const paths = ['/', '/feed.atom', '/feed.json', '/sitemap.xml', ...ids.map((id) => `/posts/${id}`)];
  const urls = [...paths.map((path) => client + path), `${query}/posts`, ...ids.map((id) => `${posts}/posts/${id}`)];
  for (const url of urls) {
    const { status, size } = await get(url);
    expect({ url, status }).toEqual({ url, status: 200 });
    expect(size).toBeLessThan(6_000_000);
  }
}

async function rebuildQuery(): Promise<void> {
  const query = system().get('query');
  await query.stop();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(system().dataDir, `query.db${suffix}`), { force: true });
  await query.start();
}

/** Health of all processes, asked again and again until `work` is done; gives how often all have answered. */
async function healthDuring(work: Promise<unknown>): Promise<number> {
  let rounds = 0;
  let isDone = false;
  const end = () => (isDone = true);
  work.then(end, end);
  while (!isDone) {
    const answers = await Promise.all(
      system().all.map(({ url }) => fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    rounds += 1;
  }
  await work;
  return rounds;
}

describe('Hostile Markdown', () => {
  const ids: string[] = [];
  const queryAnswers = async (): Promise<string[]> =>
    Promise.all(ids.map(async (id) => (await get(`${system().urls.query}/posts/${id}`)).text));
  const skipped = async () => (await send<{ count: number }>(`${system().urls.query}/skipped`)).json();

  it('in posts is shown as text, and every page answers', async () => {
    for (const [title, body] of Object.entries(hostile)) {
      const answer = await send<{ id: string }>(`${system().urls.posts}/posts`, { json: { title, body } });
      expect(answer.status).toBe(201);
      ids.push(answer.json().id);
    }
    ids.push((await createPost(system(), 'After them')).id);
    await waitFor(
      'all posts',
      async () =>
        ids.every(
          (
            (view) => (id) =>
              id in view
          )(await readView(system())),
        ),
      {
        within: 60_000,
      },
    );
    await isEveryPageServed(ids);
    expect((await skipped()).count).toBe(0);
  });

  it('in comments makes no list too large', async () => {
    const id = ids.at(-1) ?? '';
    const content = multiplying(9_900);
    for (let n = 0; n < 12; n++) {
      const url = `${system().urls.comments}/posts/${id}/comments`;
      expect((await send(url, { json: { content: `${n} ${content}` } })).status).toBe(201);
    }
    await waitFor('all comments to be approved', async () => {
      const { commentCount } = (await send<{ commentCount: number }>(`${system().urls.query}/posts/${id}`)).json();
      return commentCount === 12;
    });
    await isEveryPageServed(ids);
  });

  it('is in the read model that is made anew from the log, as it was before', async () => {
    const before = await queryAnswers();
    await rebuildQuery();
    await waitFor('the same answers', async () => JSON.stringify(await queryAnswers()) === JSON.stringify(before), {
      within: 60_000,
    });
    expect((await skipped()).count).toBe(0);
  });

  it('is no reason to stop, nor is any other event that can not be read: it is skipped until its post is deleted', async () => {
    const publish = (event: object) => send(`${system().urls['event-bus']}/events`, { json: event });
    await publish({ type: 'PostCreated', partitionkey: 'odd', data: { title: 'Of nothing' } });
    await rebuildQuery();
    await waitFor('the odd event to be skipped', async () => (await skipped()).count === 1);
    await waitFor('all others', async () =>
      ids.every(
        (
          (view) => (id) =>
            id in view
        )(await readView(system())),
      ),
    );
    await publish({ type: 'PostDeleted', data: { id: 'odd' } });
    await waitFor('nothing to be skipped', async () => (await skipped()).count === 0);
  });

  it('in previews keeps no process from answering', async () => {
    const preview = async (client: number): Promise<void> => {
      for (const markdown of ['[a][', '//a.b/', '> - ', '*a **b ', '![', '<a b="']) {
        const json = { kind: 'comment', markdown: markdown.repeat(9_900 / markdown.length) };
        const headers = { 'X-Forwarded-For': `203.0.113.${client}` };
        const { status, text } = await send(`${system().urls.client}/preview`, { json, headers });
        expect(status).toBe(200);
        expect(text.length).toBeLessThan(400_000);
      }
    };
    expect(await healthDuring(Promise.all(Array.from({ length: 10 }, (_, client) => preview(client))))).toBeGreaterThan(
      0,
    );
  });

  it('of a post is previewed for nobody who is not signed in', async () => {
    const json = { kind: 'post', markdown: 'a' };
    expect((await send(`${system().urls.client}/preview`, { json })).status).toBe(401);
  });
});
