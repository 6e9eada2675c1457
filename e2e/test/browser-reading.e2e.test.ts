/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
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

const system = useSystem();
const newWindow = useBrowser();

const { pending, rejected } = words;
const urlOf = () => system().urls.client;

describe('in a browser', () => {
  it('a comment goes from pending to approved without a reload, in two windows', async () => {
    const [author, reader] = await Promise.all([newWindow(), newWindow()]);
    const [mine, theirs] = await Promise.all([author.newPage(), reader.newPage()]);
    const errors = [watchErrors(mine), watchErrors(theirs)];
    await writePost(mine, urlOf(), 'Seen by two');
    await expect(mine.locator('article em').innerText()).resolves.toBe('Markdown');
    await theirs.goto(mine.url());

    // Moderation is stopped, so that what is pending can be seen for as long as the test looks.
    await system().get('moderation').stop();
    await writeComment(mine, 'How nice', 'Ann');
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
    await writePost(mine, urlOf(), 'No fruit here');
    await theirs.goto(mine.url());
    await writeComment(mine, 'An orange a day', 'Bob');
    await commentWith(mine, 'An orange a day').getByText(rejected).waitFor();
    await commentWith(mine, 'An orange a day').getByText('Reason:').waitFor();

    // A later comment has arrived in the other window, so what came before it has been dealt with there.
    await writeComment(mine, 'An apple then', 'Bob');
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
    await writePost(mine, urlOf(), 'Without script');
    await writeComment(mine, 'Plainly good', 'Cleo');
    await commentWith(mine, 'Plainly good').waitFor();
    await reloadUntil(mine, async () => (await mine.getByText(pending).count()) === 0);
    await commentWith(mine, 'Plainly good').waitFor();

    await writeComment(mine, 'Also orange', 'Cleo');
    await reloadUntil(mine, async () => (await mine.getByText(rejected).count()) === 1);
    await commentWith(mine, 'Also orange').getByText('Reason:').waitFor();

    const theirs = await (await newWindow({ javaScriptEnabled: false })).newPage();
    await theirs.goto(mine.url());
    await commentWith(theirs, 'Plainly good').waitFor();
    await expect(theirs.content()).resolves.not.toContain('orange');
  });
});
