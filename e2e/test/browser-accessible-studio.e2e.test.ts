/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import { faultsOf } from '../harness/accessibility';
import { createComment, createPost } from '../harness/blog';
import { decide, holdCats, signedIn, studioSettings, untilQueue } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(240_000);

const system = useSystem({ env: studioSettings });
const newWindow = useBrowser();

let people = 0;
const somebody = async (role: 'author' | 'moderator'): Promise<Page> =>
  signedIn(system(), await newWindow(), `somebody ${++people}`, role);
const go = (page: Page, path: string) => page.goto(system().urls.client + path);

describe('The pages of authors and moderators, in light and dark, at 360 and 1280 px', () => {
  it('have no fault where one signs in, with a fault or without, nor where one may not go', async () => {
    const page = await (await newWindow()).newPage();
    await go(page, '/sign-in');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Name').fill('nobody');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    const author = await somebody('author');
    await go(author, '/review');
    await author.getByRole('heading', { name: 'Not for you' }).waitFor();
    expect(await faultsOf(author)).toEqual([]);
  });

  it('have no fault while a post is written, refused, shown, contested and deleted', async () => {
    const page = await somebody('author');
    await go(page, '/write');
    await page.getByText('No drafts.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('textarea').fill('## Some\n\n`code`');
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Title').fill('Contested');
    await page.keyboard.press('Control+s');
    await page.waitForURL('**/write/*');
    const other = await somebody('author');
    await other.goto(page.url());
    await other.getByLabel('Title').fill('Contested by others');
    await other.keyboard.press('Control+s');
    await other.getByText('All saved').waitFor();
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.locator('.prose h3, .prose h2').first().waitFor();
    await page.getByLabel('Title').fill('Contested by me');
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take theirs, drop mine' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('have no fault in any tab, while comments are decided on, nor in the rules', async () => {
    const page = await somebody('moderator');
    await holdCats(page);
    await go(page, '/review');
    await page.getByText('Nothing waits.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    const post = await createPost(system(), 'Pets');
    for (const text of ['A cat', 'Another cat', 'The last cat', 'I shout', 'An orange', 'A dog'])
      await createComment(system(), post.id, text);
    const waiting = await untilQueue(page, 'pending', (items) => items.length === 3);
    await untilQueue(page, 'approved', (items) => items.length === 1);
    for (const tab of ['flagged', 'approved', 'rejected', 'pending']) {
      await go(page, `/review?tab=${tab}`);
      await page.getByRole('article').first().waitFor();
      expect([tab, await faultsOf(page)]).toEqual([tab, []]);
    }
    await decide(page, waiting[1]?.id ?? '', 'approved');
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    await page.getByRole('alert').waitFor();
    await page.getByText('History').first().click();
    await page.getByText('Block author').last().click();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByText('Reject all that comes').click();
    await page.getByText('Blocked', { exact: true }).waitFor();
    await page.getByText('Tell why').last().click();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByText('Tell why').last().click();
    await page.keyboard.press('x');
    await page.getByRole('group', { name: '1 selected' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await go(page, '/review?tab=rules');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByRole('button', { name: 'Try on the newest 100 comments' }).click();
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });
});
