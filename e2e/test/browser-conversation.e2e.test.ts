/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import {
  commentsOf,
  commentWith,
  reloadUntil,
  watchErrors,
  words,
  writeComment,
  writePost,
} from '../harness/browser-pages';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(60_000);

const system = useSystem({ env: { COMMENTS_PER_MINUTE: '0' } });
const newWindow = useBrowser();
const urlOf = () => system().urls.client;

/** A post with an approved comment of each author, oldest first. */
async function postWith(page: Page, title: string, ...authors: string[]): Promise<void> {
  await writePost(page, urlOf(), title);
  for (const author of authors) {
    await writeComment(page, `I am ${author}`, author);
    await commentWith(page, `I am ${author}`).getByText('Approved').waitFor();
  }
}

describe('talking in a browser', () => {
  it('replies stand in threads, live; edits and deletions reach those who look on', async () => {
    const [author, reader] = await Promise.all([newWindow(), newWindow()]);
    const [mine, theirs] = await Promise.all([author.newPage(), reader.newPage()]);
    const errors = [watchErrors(mine), watchErrors(theirs)];
    await postWith(mine, 'A thread', 'Ann');
    await theirs.goto(mine.url());

    await commentWith(mine, 'I am Ann').getByText('Reply').click();
    await mine.locator('#reply').getByLabel('Comment').fill('Am **I**?');
    await mine.keyboard.press('Control+Enter');
    const reply = commentWith(mine, 'Am I?');
    await reply.getByText('Approved').waitFor();
    await expect(mine.locator('ol ol article strong').innerText()).resolves.toBe('I');

    await theirs.getByRole('button', { name: '1 new comment' }).click();
    await commentWith(theirs, 'Am I?').waitFor();
    await reply.getByText('Edit', { exact: true }).click();
    await mine.getByLabel('Your comment').fill('Surely');
    await mine.getByRole('button', { name: 'Save' }).click();
    await commentWith(theirs, 'Surely').getByText('edited').waitFor();

    await commentWith(mine, 'I am Ann').getByText('Delete').click();
    await mine.getByRole('button', { name: 'Delete it' }).click();
    await theirs.getByText('This comment is not here any more.').waitFor();
    await commentWith(theirs, 'Surely').waitFor();
    await expect(commentsOf(theirs).count()).resolves.toBe(1);
    expect(errors).toEqual([[], []]);
  });

  it('a comment whose answer is lost is sent again without being there twice', async () => {
    const page = await (await newWindow()).newPage();
    await writePost(page, urlOf(), 'Lost answers');
    const toComments = '**/api/comments/posts/*/comments';
    // The service gets it, but its answer never comes.
    await page.route(toComments, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await writeComment(page, 'Only once', 'Ann');
    await page.getByText('Not sent').waitFor();
    await page.unroute(toComments);
    await page.getByRole('button', { name: 'Retry' }).click();
    await commentWith(page, 'Only once').waitFor();
    await reloadUntil(page, async () => (await page.getByRole('heading', { name: '1 comment' }).count()) === 1);
    await expect(commentWith(page, 'Only once').count()).resolves.toBe(1);
    await expect(page.getByText('Not sent').count()).resolves.toBe(0);
  });

  it('the keyboard alone is enough to comment, to reply and to find what is new', async () => {
    const page = await (await newWindow()).newPage();
    await postWith(page, 'Hands on keys', 'Bo', 'Cy');
    await page.goto(page.url().replace(/#.*/, ''));
    await page.keyboard.press('?');
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await list.waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Reply to Cy').waitFor();
    await page.keyboard.type('jump? c, u and n are letters here');
    await page.keyboard.press('Control+Enter');
    await commentWith(page, 'letters here').getByText('Approved').waitFor();
    await page.keyboard.press('c');
    await page.keyboard.type('And one for all');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Dee');
    await page.keyboard.press('Enter');
    await commentWith(page, 'And one for all').getByText('Approved').waitFor();
    await expect(commentWith(page, 'And one for all').innerText()).resolves.toContain('Dee');
  });

  it('replies, edits and deletions work with JavaScript off', async () => {
    const page = await (await newWindow({ javaScriptEnabled: false })).newPage();
    await writePost(page, urlOf(), 'Without script');
    await writeComment(page, 'Plainly said', 'Ed');
    await reloadUntil(page, async () => (await page.getByText(words.pending).count()) === 0);
    await commentWith(page, 'Plainly said').getByText('Reply').click();
    const reply = page.locator('#reply');
    await reply.getByLabel('Comment').fill('Plainly *answered*');
    await reply.getByRole('button', { name: 'Preview' }).click();
    await expect(page.locator('#reply em').innerText()).resolves.toBe('answered');
    await page.locator('#reply').getByRole('button', { name: 'Send comment' }).click();
    await reloadUntil(page, async () => (await page.locator('ol ol article em').count()) === 1);

    await commentWith(page, 'Plainly said').getByText('Edit', { exact: true }).click();
    await page.getByLabel('Your comment').fill('Plainly changed');
    await page.getByRole('button', { name: 'Save' }).click();
    await commentWith(page, 'Plainly changed').getByText('edited').waitFor();
    await commentWith(page, 'Plainly changed').getByText('Delete').click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await reloadUntil(page, async () => (await page.getByText('This comment is not here any more.').count()) === 1);
    await expect(page.content()).resolves.not.toContain('Plainly changed');
  });

  it('searching works with JavaScript off, and marks what was found', async () => {
    const page = await (await newWindow({ javaScriptEnabled: false })).newPage();
    await writePost(
      page,
      urlOf(),
      'About platypuses',
      'They lay eggs, and a marvellous *electroreception* helps them.',
    );
    await page.goto(urlOf());
    await page.getByRole('searchbox').fill('electroreception');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?q=electroreception');
    await reloadUntil(page, async () => (await page.getByText('About platypuses').count()) === 1);
    await expect(page.locator('mark').innerText()).resolves.toBe('electroreception');
    await page.getByText('1 post', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('unicorns');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No post has “unicorns” in it.').waitFor();
  });
});
