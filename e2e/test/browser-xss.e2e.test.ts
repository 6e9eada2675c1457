/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { XMLValidator } from 'fast-xml-parser';
import type { BrowserContext, Page } from 'playwright-core';
import { root } from '../../infra/laptop/processes.cjs';
import { type Post, readWholeView } from '../harness/blog';
import { livePartsOf, type ScriptWatch, watchScripts } from '../harness/script-watch';
import { authEnvironment } from '../harness/auth';
import { read, send } from '../harness/send';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';
import { xssPayloads } from '../harness/xss-corpus';

jest.setTimeout(300_000);

const system = useSystem({
  env: { ...authEnvironment, EMBED_ORIGINS: 'http://shop.example' },
});
const newWindow = useBrowser();
const urlOf = () => system().urls.client;

/** Cut to what a field takes, without the half of a surrogate pair. */
const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');

/** The posts that have a payload as title, text and tag each, and one that has all of them in its text and comments. */
let posts: Post[];
let all: Post;

async function publish(json: object): Promise<Post> {
  const answer = await send<Post>(`${system().urls.posts}/posts`, { json });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json();
}

async function comment(postId: string, content: string, author: string): Promise<void> {
  const url = `${system().urls.comments}/posts/${postId}/comments`;
  const answer = await send(url, { json: { content, author: cut(author, 80) } });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
}

beforeAll(async () => {
  posts = [];
  for (const payload of xssPayloads) {
    const post = await publish({ title: payload, body: payload, tags: [cut(payload, 40)] });
    await comment(post.id, payload, payload);
    posts.push(post);
  }
  all = await publish({ title: 'All of them', body: xssPayloads.join('\n\n') });
  for (const payload of xssPayloads) await comment(all.id, payload, payload);
  await eventually('all is there, and judged', async () => {
    const view = await readWholeView(system());
    expect(view).toHaveLength(xssPayloads.length + 1);
    expect(view.flatMap(({ comments }) => comments).filter(({ status }) => status === 'pending')).toEqual([]);
    expect(view.every(({ comments }) => comments.length > 0)).toBe(true);
  });
}, 300_000);

/** Loads pages in a few tabs at once, and gives what is wrong with any. */
async function faultsIn(paths: readonly string[], ready: (page: Page) => Promise<unknown> = loaded): Promise<string[]> {
  const window = await newWindow();
  const watch = await watchScripts(window, urlOf());
  return faultsOf(window, watch, { paths, ready });
}

const loaded = (page: Page) => page.locator('main').waitFor();

async function faultsOf(
  window: BrowserContext,
  watch: ScriptWatch,
  { paths, ready }: { paths: readonly string[]; ready: (page: Page) => Promise<unknown> },
): Promise<string[]> {
  const waiting = [...paths];
  const faults: string[] = [];
  const work = async (): Promise<void> => {
    const page = await window.newPage();
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const answer = await page.goto(urlOf() + path);
      if (answer?.status() !== 200) faults.push(`${path}: ${answer?.status()}`);
      await ready(page);
      faults.push(...(await livePartsOf(page)).map((part) => `${path}: ${part}`));
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: 3 }, work));
  return [...faults, ...watch.seen()];
}

/** Signs somebody in, in a new window, by a link. */
async function signedIn(): Promise<BrowserContext> {
  const script = join(root, 'client', 'dist', 'server', 'account.js');
  const env = { PATH: process.env['PATH'], DATA_DIR: system().dataDir, PUBLIC_URL: urlOf() };
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'first'], { env });
  const link = /https?:\S+sign-in\S+/.exec(stdout)?.[0] ?? '';
  const window = await newWindow();
  const page = await window.newPage();
  await page.goto(link);
  await page.getByRole('main').getByRole('button').click();
  await page.waitForURL(`${urlOf()}/`);
  await page.close();
  return window;
}

it('there are about two hundred ways, and no two alike', () => {
  expect(new Set(xssPayloads).size).toBe(xssPayloads.length);
  expect(xssPayloads.length).toBeGreaterThanOrEqual(180);
});

describe('What watches', () => {
  /** A page that puts what it is asked for into itself as it is. */
  async function faultsOfCarelessPage(policy: string, tried: readonly string[]): Promise<string[]> {
    const site = createServer(({ url = '/' }, res) => {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.setHeader('Content-Security-Policy', policy);
      res.end(`<!doctype html><title>Careless</title>${tried[Number(url.slice(1))] ?? ''}`);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    const window = await newWindow();
    const watch = await watchScripts(window, origin);
    const page = await window.newPage();
    const caught: string[] = [];
    for (const [index, payload] of tried.entries()) {
      await page.goto(`${origin}/${index}`, { waitUntil: 'load' }).catch(() => undefined);
      const parts = await livePartsOf(page).catch(() => ['it went elsewhere']);
      if (parts.length + watch.seen().length > 0) caught.push(payload);
    }
    await window.close();
    site.close();
    return caught;
  }

  const plain = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>'];

  it('sees it where a page lets them run', async () => {
    expect(await faultsOfCarelessPage("img-src 'self'", plain)).toEqual(plain);
  });

  it('sees it, too, where only a policy keeps them from running: most of them are no idle words', async () => {
    const caught = await faultsOfCarelessPage("default-src 'none'; script-src 'self'", xssPayloads);
    expect(caught).toEqual(expect.arrayContaining(plain));
    expect(caught.length).toBeGreaterThan(100);
  });
});

describe('Nothing runs, and no policy had to stop anything', () => {
  it('on the page of each post, with its comment', async () => {
    expect(await faultsIn(posts.map(({ id }) => `/posts/${id}`))).toEqual([]);
  });

  it('on the front page and its older ones', async () => {
    const window = await newWindow();
    const watch = await watchScripts(window, urlOf());
    const page = await window.newPage();
    await page.goto(urlOf());
    let pages = 1;
    for (;;) {
      expect(await livePartsOf(page)).toEqual([]);
      const older = page.getByRole('link', { name: 'Older' });
      if ((await older.count()) === 0) break;
      await older.click();
      await page.waitForLoadState();
      pages += 1;
    }
    expect(pages).toBeGreaterThan(2);
    expect(watch.seen()).toEqual([]);
  });

  it('where one searches for them, under their tags', async () => {
    const asked = (payload: string) => new URLSearchParams({ q: cut(payload, 200), tag: cut(payload, 40) });
    expect(await faultsIn(xssPayloads.map((payload) => `/?${asked(payload)}`))).toEqual([]);
  });

  it('on a page with all of them, in the page for other sites, and in comments that come while one reads', async () => {
    const window = await newWindow();
    const watch = await watchScripts(window, urlOf());
    const page = await window.newPage();
    await page.goto(`${urlOf()}/posts/${all.id}`);
    for (const payload of xssPayloads.slice(0, 20)) await comment(all.id, `${payload} again`, payload);
    await page.getByRole('button', { name: /new comments/ }).click();
    await page.getByText('again').first().waitFor();
    expect(await livePartsOf(page)).toEqual([]);
    expect(await faultsOf(window, watch, { paths: [`/posts/${all.id}`, `/embed/${all.id}`], ready: loaded })).toEqual(
      [],
    );
  });

  it('where authors write and preview, and where moderators review', async () => {
    const window = await signedIn();
    const watch = await watchScripts(window, urlOf());
    const preview = async (page: Page): Promise<void> => {
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByText('constructor').first().waitFor();
    };
    expect(await faultsOf(window, watch, { paths: [`/write/${all.id}`], ready: preview })).toEqual([]);
    const cards = (page: Page) => page.getByText('alert').first().waitFor();
    const tabs = ['/review?tab=approved', '/review?tab=approved&q=alert', '/review?tab=approved&q=%3Csvg+onload'];
    expect(await faultsOf(window, watch, { paths: tabs, ready: cards })).toEqual([]);
  });

  it('where somebody previews a comment, with and without JavaScript', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const window = await newWindow({ javaScriptEnabled });
      const page = await window.newPage();
      await page.goto(`${urlOf()}/posts/${all.id}`);
      const composer = page.locator('#composer');
      await composer
        .getByLabel('Comment', { exact: true })
        .fill(`previewed ${xssPayloads.join('\n\n').slice(0, 9_900)}`);
      await composer.getByRole('button', { name: 'Preview' }).click();
      await page.locator('p', { hasText: 'previewed' }).first().waitFor();
      expect(await livePartsOf(page)).toEqual([]);
    }
  });
});

describe('Feeds', () => {
  it('stay well-formed, and have no script in their HTML', async () => {
    const paths = [
      '/feed.atom',
      '/sitemap.xml',
      ...xssPayloads.map((q) => `/feed.atom?${new URLSearchParams({ q: cut(q, 200) })}`),
    ];
    for (const path of paths) {
      const { status, text } = await send(urlOf() + path);
      expect([path, status, XMLValidator.validate(text)]).toEqual([path, 200, true]);
    }
    const { items } = await read<{ items: { content_html: string }[] }>(`${urlOf()}/feed.json`);
    const window = await newWindow();
    const watch = await watchScripts(window, urlOf());
    const page = await window.newPage();
    await page.goto(`${urlOf()}/robots.txt`);
    await page.setContent(items.map(({ content_html: html }) => html).join(''));
    expect(await livePartsOf(page)).toEqual([]);
    expect(watch.seen()).toEqual([]);
  });
});
