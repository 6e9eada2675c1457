/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost } from '../harness/blog';
import { type Answer, send } from '../harness/send';
import type { System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(120_000);

const stale = '110 - "Response is Stale"';
const note = 'Last update:';

const page = ({ urls }: System, path: string): Promise<Answer> =>
  send(`${urls.client}${path}`, { headers: { Accept: 'text/html' } });

const isStale = ({ status, headers }: Answer): boolean => status === 200 && headers.get('Warning') === stale;

/** Writes a post and waits until the front page has it from query itself. */
async function publish(system: System, title: string): Promise<string> {
  const { id } = await createPost(system, title);
  await eventually(`the front page to show ${title}`, async () => {
    const { status, text, headers } = await page(system, '/');
    expect([status, headers.get('Warning'), text.includes(title)]).toEqual([200, null, true]);
  });
  return id;
}

describe('readers, while query is away', () => {
  const getSystem = useSystem({ only: ['event-bus', 'posts', 'comments', 'query', 'client'] });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'see what it told last, marked, after %s; and what is new at once after it',
    async (signal) => {
      const system = getSystem();
      const title = `Before ${signal}`;
      const id = await publish(system, title);
      const api = [`/api/query/posts/${id}`, '/api/query/posts?limit=20', '/feed.atom'];
      const before = await Promise.all(api.map((path) => page(system, path)));
      await system.get('query').kill(signal);

      const front = await page(system, '/');
      expect(isStale(front)).toBe(true);
      expect(Number(front.headers.get('Age'))).toBeGreaterThanOrEqual(0);
      expect(front.text).toContain(title);
      expect(front.text).toContain(note);
      for (const [index, path] of api.entries()) {
        const answer = await page(system, path);
        expect(isStale(answer)).toBe(true);
        expect(answer.text).toBe(before[index]?.text);
      }
      expect((await send(`${system.urls.client}/api/query/stream`)).status).toBe(503);

      // What is written meanwhile is there for readers where its own service knows it.
      await createComment(system, id, 'Written meanwhile');
      const post = await page(system, `/posts/${id}`);
      expect([post.status, post.text.includes(title), post.text.includes(note)]).toEqual([200, true, false]);
      await createPost(system, `During ${signal}`);
      expect((await page(system, '/')).text).not.toContain(`During ${signal}`);

      const unknown = await page(system, '/?tag=nobody-asked');
      expect([unknown.status, unknown.headers.get('Retry-After')]).toEqual([503, '2']);

      if (signal === 'SIGSTOP') await system.get('query').kill('SIGCONT');
      else await system.get('query').start();
      expect((await page(system, '/')).headers.get('Warning')).toBeNull();
      await eventually('the new post on the front page', async () => {
        expect((await page(system, '/')).text).toContain(`During ${signal}`);
      });
    },
  );

  it('get a page that says so, within their patience, if nobody at all answers', async () => {
    const system = getSystem();
    const all = ['query', 'posts', 'comments'] as const;
    for (const name of all) await system.get(name).kill('SIGSTOP');
    // The client gives up on writes after 10 s: reads must be answered while one is still waited for.
    const write = send(`${system.urls.client}/api/posts/posts`, { json: { title: 'Silent' }, within: 30_000 });
    let isWritten = false;
    void write.then(() => void (isWritten = true));
    for (const path of ['/?tag=unknown', '/posts/unknown', '/api/query/tags']) {
      const { status, headers } = await page(system, path);
      expect([path, status, headers.has('Retry-After')]).toEqual([path, 503, true]);
    }
    expect(isWritten).toBe(false);
    for (const name of all) await system.get(name).kill('SIGCONT');
    await write;
    await eventually('pages from query itself', async () => {
      const { status, headers } = await page(system, '/');
      expect([status, headers.get('Warning')]).toEqual([200, null]);
    });
  });
});
