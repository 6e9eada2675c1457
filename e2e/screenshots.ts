/**
 * `npm run screenshots`: the pictures of the README, made anew from a blog with the seed's posts, in `docs/screenshots`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../infra/laptop/chromium.cjs';
import { processes, root } from '../infra/laptop/processes.cjs';
import { read, send } from './harness/send';
import { holdSales, signedIn, studioSettings, untilQueue } from './harness/studio';
import { startSystem, type System } from './harness/system';
import { waitFor } from './harness/wait-for';

const folder = join(root, 'docs', 'screenshots');
const viewport = { width: 1280, height: 860 };

const held: [title: string, author: string, content: string][] = [
  ['A view you can throw away', 'Lena', 'I wrote down how we did it: https://example.org/read-models'],
  ['House rules for a small comment section', 'Best prices', 'Cheap watches for all who comment! Buy now.'],
  [
    'The outbox, or how not to lie to your neighbours',
    'Ravi',
    'Does https://example.org/outbox describe the same pattern?',
  ],
  ['Small services, honest reasons', 'Mei', 'The talk that made me think again: https://example.org/talks/monolith'],
];

/** The seed's posts and comments, by the ports of this system. */
function seed({ urls }: System): void {
  const ports = processes.map(({ name, portVariable }) => [portVariable, new URL(urls[name]).port]);
  const env = { ...process.env, ...Object.fromEntries(ports) } as NodeJS.ProcessEnv;
  const { status } = spawnSync(process.execPath, [join(root, 'infra', 'laptop', 'seed.mjs')], {
    env,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The seed could not be sown.');
}

/** The posts that are there, by title, once the read model has the last of the seed. */
async function postIds({ urls }: System): Promise<Map<string, string>> {
  return waitFor('the posts in the read model', async () => {
    const posts = Object.values(await read<Record<string, { id: string; title: string }>>(`${urls.query}/posts`));
    return posts.length >= 12 && new Map(posts.map(({ id, title }) => [title, id]));
  });
}

async function takePictures(system: System, page: Page): Promise<void> {
  const client = system.urls.client;
  const ids = await postIds(system);
  const idOf = (title: string): string => ids.get(title) ?? '';
  const take = async (name: string): Promise<void> => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
    console.log(`docs/screenshots/${name}.png`);
  };

  await page.goto(`${client}/review?tab=pending`);
  await page
    .getByRole('article')
    .nth(held.length - 1)
    .waitFor();
  for (const key of 'jr') await page.keyboard.press(key);
  await page.getByRole('group', { name: '1 comment: Rejected' }).waitFor();
  await take('review');
  await page.goto(`${client}/write/${idOf('Small services, honest reasons')}`);
  await page.getByRole('region', { name: 'Preview' }).locator('table').waitFor();
  await take('write');

  // As readers see it.
  await page.context().clearCookies();
  await page.goto(client);
  await take('front');
  await page.goto(`${client}/posts/${idOf('An event is a fact, not a wish')}`);
  await page.getByRole('article').filter({ hasText: 'Another fact.' }).waitFor();
  await page.getByRole('heading', { name: /comments/ }).evaluate((heading) => heading.scrollIntoView());
  await page.evaluate(() => window.scrollBy(0, -260));
  await take('post');
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium is found: CHROMIUM_PATH names one.');
  const system = await startSystem({ env: studioSettings });
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    seed(system);
    const window = await browser.newContext({ viewport, colorScheme: 'light', reducedMotion: 'reduce' });
    const page = await signedIn(system, window, 'ana', 'author', 'moderator');
    await holdSales(page);
    const ids = await postIds(system);
    for (const [title, author, content] of held)
      await send(`${system.urls.comments}/posts/${ids.get(title)}/comments`, { json: { author, content } });
    await untilQueue(page, 'pending', (items) => items.length === held.length);
    await takePictures(system, page);
  } finally {
    await browser.close();
    await system.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
