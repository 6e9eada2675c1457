/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(60_000);

const system = useSystem();
const newWindow = useBrowser();

const pending = 'Awaiting moderation, only you can see this';
const rejected = 'Not published, only you can see this';

/** Writes a post through the front page's form and waits for its own page. */
async function writePost(page: Page, title: string): Promise<void> {
  await page.goto(system().urls.client);
  await page.getByText('Write a post', { exact: true }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text', { exact: true }).fill('With *Markdown* in it.');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

async function comment(page: Page, content: string, author: string): Promise<void> {
  await page.getByLabel('Comment', { exact: true }).fill(content);
  await page.getByLabel('Name').fill(author);
  await page.getByRole('button', { name: 'Send comment' }).click();
}

const commentsOf = (page: Page) => page.locator('li[id^="c-"]');
const commentWith = (page: Page, content: string) => commentsOf(page).filter({ hasText: content });

/** Collects what goes wrong in a page: failing scripts, breaches of its own Content-Security-Policy, failed requests. */
function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

describe('in a browser', () => {
  it('a comment goes from pending to approved without a reload, in two windows', async () => {
    const [author, reader] = await Promise.all([newWindow(), newWindow()]);
    const [mine, theirs] = await Promise.all([author.newPage(), reader.newPage()]);
    const errors = [watchErrors(mine), watchErrors(theirs)];
    await writePost(mine, 'Seen by two');
    await expect(mine.locator('article em').innerText()).resolves.toBe('Markdown');
    await theirs.goto(mine.url());

    // Moderation is stopped, so that what is pending can be seen for as long as the test looks.
    await system().get('moderation').stop();
    await comment(mine, 'How nice', 'Ann');
    await commentWith(mine, 'How nice').getByText(pending).waitFor();
    await expect(commentsOf(theirs).count()).resolves.toBe(0);

    await system().get('moderation').start();
    await commentWith(mine, 'How nice').getByText('Approved').waitFor();
    await theirs.getByRole('button', { name: '1 new comment' }).click();
    await commentWith(theirs, 'How nice').waitFor();
    await expect(mine.getByText(pending).count()).resolves.toBe(0);
    expect(errors).toEqual([[], []]);
  });

  it('a comment with orange is rejected, and only its author ever sees it, with the reason', async () => {
    const [author, reader] = await Promise.all([newWindow(), newWindow()]);
    const [mine, theirs] = await Promise.all([author.newPage(), reader.newPage()]);
    await writePost(mine, 'No fruit here');
    await theirs.goto(mine.url());
    await comment(mine, 'An orange a day', 'Bob');
    await commentWith(mine, 'An orange a day').getByText(rejected).waitFor();
    await commentWith(mine, 'An orange a day').getByText('Reason:').waitFor();

    // A later comment has arrived in the other window, so what came before it has been dealt with there.
    await comment(mine, 'An apple then', 'Bob');
    await theirs.getByRole('button', { name: '1 new comment' }).click();
    await commentWith(theirs, 'An apple then').waitFor();
    for (const page of [theirs, await reader.newPage()]) {
      await page.goto(mine.url());
      await expect(page.content()).resolves.not.toMatch(/orange|rejected/);
      await expect(commentsOf(page).count()).resolves.toBe(1);
    }
    await mine.reload();
    await commentWith(mine, 'An orange a day').getByText(rejected).waitFor();
  });

  it('all of it works with JavaScript off, by reloading', async () => {
    const author = await newWindow({ javaScriptEnabled: false });
    const mine = await author.newPage();
    await writePost(mine, 'Without script');
    await comment(mine, 'Plainly good', 'Cleo');
    await commentWith(mine, 'Plainly good').waitFor();
    await reloadUntil(mine, async () => (await mine.getByText(pending).count()) === 0);
    await commentWith(mine, 'Plainly good').waitFor();

    await comment(mine, 'Also orange', 'Cleo');
    await reloadUntil(mine, async () => (await mine.getByText(rejected).count()) === 1);
    await commentWith(mine, 'Also orange').getByText('Reason:').waitFor();

    const theirs = await (await newWindow({ javaScriptEnabled: false })).newPage();
    await theirs.goto(mine.url());
    await commentWith(theirs, 'Plainly good').waitFor();
    await expect(theirs.content()).resolves.not.toContain('orange');
  });
});

async function reloadUntil(page: Page, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`In vain: ${await page.content()}`);
    await page.reload();
  }
}
