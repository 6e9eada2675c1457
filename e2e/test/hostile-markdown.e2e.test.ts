/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createPost, readView, servers } from '../harness/blog';
import { hostileBodies, multiplying } from '../harness/hostile-texts';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(120_000);

const system = useSystem({ only: [...servers, 'client'], env: { COMMENTS_PER_MINUTE: '0' } });

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

describe('Hostile Markdown', () => {
  const ids: string[] = [];
  const skipped = async () => (await send<{ count: number }>(`${system().urls.query}/skipped`)).json();

  it('in posts is shown as text, and every page answers', async () => {
    for (const [title, body] of Object.entries(hostileBodies)) {
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

  it('of a post is previewed for nobody who is not signed in', async () => {
    const json = { kind: 'post', markdown: 'a' };
    expect((await send(`${system().urls.client}/preview`, { json })).status).toBe(401);
  });
});
