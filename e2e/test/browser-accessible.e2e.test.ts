/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { commentWith, words, writeComment, writePost } from '../harness/browser-pages';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(180_000);

const system = useSystem({ env: { COMMENTS_PER_MINUTE: '0' } });
const newWindow = useBrowser();
const urlOf = () => system().urls.client;

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const widths = [360, 1280];
const schemes = ['light', 'dark'] as const;

/** What axe finds, and what is wider than the window, in both colours and at both widths. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of widths) {
    for (const colorScheme of schemes) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      faults.push(...[...found, ...(isTooWide ? ['too wide'] : [])].map((fault) => `${width} ${colorScheme} ${fault}`));
    }
  }
  return faults;
}

const body =
  '## Code\n\n```ts\nconst wide = "' + 'x'.repeat(200) + '";\n```\n\n> A quote\n\n| a | b |\n| - | - |\n| 1 | 2 |';
let page: Page;
beforeEach(async () => void (page = await (await newWindow()).newPage()));

describe('the reader pages, in light and dark, at 360 and 1280 px', () => {
  it('have no fault where posts are listed, found or not found', async () => {
    await writePost(page, urlOf(), 'Listed', body);
    for (const path of ['/', '/?q=listed', '/?q=nothing', '/?tag=none', '/sign-in', '/nowhere']) {
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
