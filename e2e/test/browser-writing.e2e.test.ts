/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import { watchErrors } from '../harness/browser-pages';
import { read, send } from '../harness/send';
import { signedIn, studioSettings } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(90_000);

const system = useSystem({ env: studioSettings });
const newWindow = useBrowser();
const urlOf = (path: string) => system().urls.client + path;

let people = 0;
const author = async (): Promise<Page> => signedIn(system(), await newWindow(), `author ${++people}`, 'author');

const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const titlesOf = async (): Promise<string[]> =>
  Object.values(await read<Record<string, { title: string }>>(`${system().urls.posts}/posts`)).map(
    ({ title }) => title,
  );

/** A new post of this page's author, published through the form; the page is at its editor then. */
async function published(page: Page, title: string, body: string): Promise<string> {
  await page.goto(urlOf('/write'));
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text', { exact: false }).last().fill(body);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('link', { name: 'Edit post' }).click();
  await page.getByRole('heading', { level: 1, name: 'Edit post' }).waitFor();
  return page.url();
}

const textOf = (page: Page) => page.locator('textarea');

describe('Writing in a browser', () => {
  it('goes from a draft with a preview to a published post with tags', async () => {
    const page = await author();
    const errors = watchErrors(page);
    await page.goto(urlOf('/write'));
    await page.getByText('No drafts.').waitFor();
    await page.getByLabel('Title').fill('From draft to post');
    await textOf(page).fill('Some *emphasis*, and `code`.');
    await page.getByLabel('Tags').fill('drafts, two words ,, drafts');
    // Beside the text, where there is room.
    await page.getByRole('region', { name: 'Preview' }).locator('em').waitFor();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await status(page, 'All saved');
    await page.waitForURL('**/write/*');
    await expect(page.getByLabel('Tags').inputValue()).resolves.toBe('drafts, two words');
    await expect(titlesOf()).resolves.not.toContain('From draft to post');

    await page.getByRole('link', { name: 'New post and drafts' }).click();
    await page.getByRole('link', { name: 'From draft to post' }).click();
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Preview' }).locator('code').innerText()).resolves.toBe('code');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('heading', { level: 1, name: 'From draft to post' }).waitFor();
    await page.getByRole('link', { name: 'two words' }).waitFor();
    await expect(titlesOf()).resolves.toContain('From draft to post');
    // The read model may not have it yet: then the page has asked in vain once, and will again.
    expect(errors.filter((error) => !error.includes('404'))).toEqual([]);
  });

  it('by the keyboard alone: typed, saved, published and changed', async () => {
    const page = await author();
    await page.goto(urlOf('/write'));
    await page
      .getByText('No drafts.')
      .or(page.getByRole('heading', { name: 'Drafts' }))
      .first()
      .waitFor();
    await page.getByLabel('Title').press('Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('Hands on keys? Yes');
    // Past the three buttons that say what is shown.
    for (let n = 0; n < 4; n++) await page.keyboard.press('Tab');
    await page.keyboard.type('Typed, not clicked.');
    await page.keyboard.press('Control+s');
    await status(page, 'All saved');
    await page.keyboard.type(' And on.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Hands on keys? Yes' }).waitFor();
    await page.getByText('Typed, not clicked. And on.').waitFor();
  });

  it('lists its own shortcuts, none of which counts in a field', async () => {
    const page = await author();
    await page.goto(urlOf('/write'));
    await textOf(page).fill('Is it ');
    await textOf(page).press('End');
    await page.keyboard.type('so?');
    await expect(page.getByRole('dialog').count()).resolves.toBe(0);
    await expect(textOf(page).inputValue()).resolves.toBe('Is it so?');
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('dialog').getByText('Ctrl+S').waitFor();
    await expect(page.getByRole('dialog').getByText('Next post or comment').count()).resolves.toBe(0);
  });

  it('loses nothing by a reload, nor while the posts service is away', async () => {
    const page = await author();
    await page.goto(urlOf('/write'));
    await page.getByLabel('Title').fill('Kept');
    await textOf(page).fill('Typed before the crash');
    await status(page, 'Saved on this device');
    await textOf(page).press('End');
    await page.keyboard.type(', and just now');
    await page.reload();
    await page.getByText('What you typed here before is back.').waitFor();
    await expect(textOf(page).inputValue()).resolves.toBe('Typed before the crash, and just now');

    await system().get('posts').stop();
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').getByText('The service is away').waitFor();
    await page.reload();
    await expect(page.getByLabel('Title').inputValue()).resolves.toBe('Kept');
    await system().get('posts').start();
    await page.keyboard.press('Control+s');
    await status(page, 'All saved');
    await page.reload();
    await page.getByRole('heading', { name: 'Edit draft' }).waitFor();
    await expect(page.getByText('What you typed here before is back.').count()).resolves.toBe(0);
    await page.goto(urlOf('/write'));
    await expect(page.getByLabel('Title').inputValue()).resolves.toBe('');
  });

  it('marks the field that is refused, and leads there', async () => {
    const page = await author();
    await page.goto(urlOf('/write'));
    await textOf(page).fill('No title');
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').getByText('Please look at the marked fields.').waitFor();
    await page.keyboard.type('Now with one');
    await expect(page.getByLabel('Title').inputValue()).resolves.toBe('Now with one');
    await page.keyboard.press('Control+s');
    await status(page, 'All saved');
  });

  it('of one post by two: both versions are shown, and whoever came second chooses', async () => {
    const [mine, theirs] = [await author(), await author()];
    const address = await published(mine, 'Shared', 'One.\n\nTwo.');
    await theirs.goto(address);
    await textOf(theirs).fill('One.\n\nTheir two.');
    await textOf(mine).fill('My one.\n\nTwo.');
    await theirs.keyboard.press('Control+s');
    await status(theirs, 'All saved');
    await mine.keyboard.press('Control+s');
    const conflict = mine.getByRole('alert');
    await conflict.getByText('Somebody else changed this post meanwhile').waitFor();
    const marks = (name: string) => conflict.getByRole('region', { name }).locator('mark').allInnerTexts();
    expect([await marks('Yours'), await marks('Theirs')]).toEqual([
      ['My one.', 'Two.'],
      ['One.', 'Their two.'],
    ]);
    await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
    await status(mine, 'All saved');

    await theirs.keyboard.press('End');
    await theirs.keyboard.type(' Once more.');
    await theirs.keyboard.press('Control+s');
    await theirs.getByRole('button', { name: 'Take theirs, drop mine' }).click();
    await expect(textOf(theirs).inputValue()).resolves.toBe('My one.\n\nTwo.');
    await expect(theirs.getByRole('alert').count()).resolves.toBe(0);
  });

  it('of one long post by two: both versions stand at the first difference', async () => {
    const [mine, theirs] = [await author(), await author()];
    const lines = Array.from({ length: 300 }, (_, n) => `Line ${n} of a long post.`);
    const address = await published(mine, 'Long', lines.join('\n'));
    await theirs.goto(address);
    await textOf(theirs).fill(lines.with(200, 'Theirs.').join('\n'));
    await textOf(mine).fill(lines.with(210, 'Mine.').join('\n'));
    await theirs.keyboard.press('Control+s');
    await status(theirs, 'All saved');
    await mine.keyboard.press('Control+s');
    const panes = mine.getByRole('alert').locator('pre');
    await panes.first().waitFor();
    for (const [index, text] of ['Line 200 of', 'Theirs.'].entries()) {
      const pane = panes.nth(index);
      const [box, line] = [await pane.boundingBox(), await pane.getByText(text).first().boundingBox()];
      if (!box || !line) throw new Error('Nothing is drawn.');
      expect(line.y).toBeGreaterThanOrEqual(box.y);
      expect(line.y + line.height).toBeLessThanOrEqual(box.y + box.height);
    }
    await expect(mine.getByRole('alert').getByText('Tags').count()).resolves.toBe(0);
  });

  it('asks before it deletes; Escape keeps the post', async () => {
    const page = await author();
    const id = (await published(page, 'Not for long', 'Soon gone.')).split('/').at(-1) ?? '';
    const statusOf = async () => (await send(`${system().urls.posts}/posts/${id}`)).status;
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this post?' });
    await dialog.getByText('“Not for long” and all its comments will be gone.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete' }).and(page.locator(':focus')).waitFor();
    await expect(statusOf()).resolves.toBe(200);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await page.waitForURL(urlOf('/'));
    await expect(statusOf()).resolves.toBe(404);
  });
});
