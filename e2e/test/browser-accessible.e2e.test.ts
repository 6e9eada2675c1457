/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import { faultsOf } from '../harness/accessibility';
import { createComment } from '../harness/blog';
import { commentWith, reloadUntil, words, writeComment, writePost } from '../harness/browser-pages';
import { send } from '../harness/send';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(180_000);

const system = useSystem({ env: { COMMENTS_PER_MINUTE: '0', EMBED_ORIGINS: 'https://shop.example' } });
const newWindow = useBrowser();
const urlOf = () => system().urls.client;

const body =
  '## Code\n\n```ts\nconst wide = "' + 'x'.repeat(200) + '";\n```\n\n> A quote\n\n| a | b |\n| - | - |\n| 1 | 2 |';
let page: Page;
beforeEach(async () => void (page = await (await newWindow()).newPage()));

describe('the reader pages, in light and dark, at 360 and 1280 px', () => {
  it('have no fault where nothing has been written yet', async () => {
    await page.goto(urlOf());
    await page.getByText('Nothing has been written yet.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('have no fault where posts are listed, found or not found', async () => {
    await writePost(page, urlOf(), 'Listed', body);
    for (const path of ['/', '/?q=listed', '/?q=nothing', '/?tag=none', '/nowhere']) {
      await page.goto(urlOf() + path);
      expect([path, await faultsOf(page)]).toEqual([path, []]);
    }
    await page.goto(urlOf());
    await page.getByText('Write a post', { exact: true }).click();
    expect(await faultsOf(page)).toEqual([]);
  });

  it("have no fault in any state of one's own comment", async () => {
    await writePost(page, urlOf(), 'States', body);
    expect(await faultsOf(page)).toEqual([]);
    await writeComment(page, 'Fine', 'Ann');
    await commentWith(page, 'Fine').getByText('Approved').waitFor();
    await writeComment(page, 'An orange', 'Ann');
    await commentWith(page, 'An orange').getByText('Reason:').waitFor();
    await system().get('moderation').stop();
    await writeComment(page, 'Waiting', 'Ann');
    await commentWith(page, 'Waiting').getByText(words.pending).waitFor();
    await page.route('**/api/comments/**', (route) => route.abort());
    await writeComment(page, 'Failing', 'Ann');
    await page.getByText('Not sent').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.unroute('**/api/comments/**');
    await system().get('moderation').start();
  });

  it('have no fault in threads, nor where these are embedded', async () => {
    await writePost(page, urlOf(), 'Threads', body);
    const id = new URL(page.url()).pathname.split('/')[2] ?? '';
    const { id: parentId } = await createComment(system(), id, 'Which?');
    await send(`${system().urls.comments}/posts/${id}/comments`, { json: { content: 'This **one**', parentId } });
    await reloadUntil(page, async () => (await page.locator('ol ol article').count()) === 1);
    expect(await faultsOf(page)).toEqual([]);
    await page.goto(`${urlOf()}/embed/${id}`);
    await page.locator('ol ol article').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('have no fault while a part of the blog is away', async () => {
    await Promise.all([system().get('query').stop(), system().get('posts').stop()]);
    for (const path of ['/', '/posts/any']) {
      await page.goto(urlOf() + path);
      expect([path, await faultsOf(page)]).toEqual([path, []]);
    }
    await Promise.all([system().get('query').start(), system().get('posts').start()]);
  });

  it('have no fault while something is open', async () => {
    await writePost(page, urlOf(), 'Forms', body);
    await writeComment(page, 'Mine', 'Ann');
    const mine = commentWith(page, 'Mine');
    await mine.getByText('Approved').waitFor();
    await mine.getByText('Reply').click();
    await page.locator('#reply').getByLabel('Comment').fill('*so*');
    await page.locator('#reply').getByRole('button', { name: 'Preview' }).click();
    await page.locator('#reply em').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('#reply').getByText('Cancel').click();
    await mine.getByText('Edit', { exact: true }).click();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByText('Cancel').click();
    await mine.getByText('Delete', { exact: true }).click();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByText('Keep it').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });
});
