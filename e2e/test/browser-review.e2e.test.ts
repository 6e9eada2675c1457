/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Locator, Page } from 'playwright-core';
import { watchErrors } from '../harness/browser-pages';
import { createComment, createPost } from '../harness/blog';
import { decide, holdCats, type Queued, signedIn, studioSettings, untilQueue } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useFreshSystem } from '../harness/use-system';

jest.setTimeout(90_000);

const system = useFreshSystem({ env: studioSettings });
const newWindow = useBrowser();

let people = 0;
async function moderator(name = `moderator ${++people}`): Promise<Page> {
  return signedIn(system(), await newWindow(), name, 'moderator');
}

const cards = (page: Page): Locator => page.getByRole('article');
const cardWith = (page: Page, text: string): Locator => cards(page).filter({ hasText: text });
const current = (page: Page): Locator => page.locator('article[aria-current]');
const open = (page: Page, search = '') => page.goto(`${system().urls.client}/review${search}`);

/** A moderator's page with so many comments that wait, "cat 1" the oldest. */
async function withWaiting(count: number): Promise<{ page: Page; waiting: Queued[] }> {
  const page = await moderator();
  await holdCats(page);
  const post = await createPost(system(), 'Pets');
  for (let n = 1; n <= count; n++) await createComment(system(), post.id, `A cat, number ${n}.`);
  const waiting = await untilQueue(page, 'pending', (items) => items.length === count);
  await open(page);
  await cards(page).first().waitFor();
  return { page, waiting };
}

describe('The review queue in a browser', () => {
  it('is worked off by the keyboard alone: ten decided, undone, and decided again', async () => {
    const { page } = await withWaiting(10);
    const errors = watchErrors(page);
    await expect(page.locator('article mark').allInnerTexts()).resolves.toEqual(Array(10).fill('cat'));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await expect(current(page).innerText()).resolves.toContain('number 9.');
    await page.keyboard.press('k');
    for (let n = 10; n >= 1; n--) {
      await expect(current(page).innerText()).resolves.toContain(`number ${n}.`);
      await page.keyboard.press(n % 2 === 0 ? 'a' : 'r');
      await cardWith(page, `number ${n}.`)
        .getByText(n % 2 === 0 ? 'Approved' : 'Rejected')
        .waitFor();
    }
    await untilQueue(page, 'approved', (items) => items.length === 5);
    await untilQueue(page, 'rejected', (items) => items.length === 5);
    for (let n = 1; n <= 10; n++) {
      await page.keyboard.press('u');
      await cardWith(page, `number ${n}.`).getByRole('button', { name: 'Approve' }).waitFor();
    }
    await untilQueue(page, 'pending', (items) => items.length === 10);
    // What was taken back can be decided on anew.
    await page.keyboard.press('r');
    await cardWith(page, 'number 10.').getByText('Rejected').waitFor();
    await untilQueue(page, 'rejected', ([first]) => first?.content === 'A cat, number 10.');
    expect(errors).toEqual([]);
  });

  it('loses no key, however fast they come', async () => {
    const { page } = await withWaiting(6);
    for (const key of 'arararu') await page.keyboard.press(key);
    await untilQueue(page, 'approved', (items) => items.length === 3);
    await untilQueue(page, 'rejected', (items) => items.length === 2);
    await untilQueue(page, 'pending', ([only]) => only?.content === 'A cat, number 1.');
  });

  it('is decided in bulk, with one Undo for all', async () => {
    const { page } = await withWaiting(5);
    await page.keyboard.press('x');
    for (let n = 0; n < 3; n++) await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await page.getByRole('group', { name: '4 selected' }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('group', { name: '4 comments: Approved' }).waitFor();
    await untilQueue(page, 'approved', (items) => items.length === 4);
    await expect(current(page).innerText()).resolves.toContain('number 1.');
    await page.getByRole('group', { name: '4 comments: Approved' }).getByRole('button', { name: 'Undo' }).click();
    await untilQueue(page, 'pending', (items) => items.length === 5);
    await expect(page.getByRole('button', { name: 'Approve' }).count()).resolves.toBe(5);
  });

  it('says who was first, and lets a second decision overrule', async () => {
    const { page, waiting } = await withWaiting(2);
    const ana = await moderator('ana');
    await decide(ana, waiting[0]?.id ?? '', 'approved');
    await page.keyboard.press('r');
    const card = cardWith(page, 'number 2.');
    const refusal = 'It is already approved by ana. Decide again to overrule that.';
    await card.getByRole('alert').getByText(refusal).waitFor();
    // What happened and no more.
    await page
      .getByRole('status')
      .filter({ hasText: new RegExp(`^${refusal}$`) })
      .waitFor();
    // The keyboard is where the refused comment is, and decides on that one again.
    await page.locator('article[aria-current]:focus').filter({ hasText: 'number 2.' }).waitFor();
    await page.keyboard.press('r');
    await card.getByText('Rejected').waitFor();
    await untilQueue(page, 'rejected', ([first]) => first?.id === waiting[0]?.id);
    await untilQueue(page, 'pending', ([only]) => only?.id === waiting[1]?.id);
    await expect(current(page).innerText()).resolves.toContain('number 1.');
  });

  it('keeps the current comment clear of the bar on a phone, whose buttons are in one row', async () => {
    const { page } = await withWaiting(6);
    await page.setViewportSize({ width: 360, height: 640 });
    const isClear = async (bar: Locator): Promise<boolean> => {
      const [edge, card] = [await bar.boundingBox(), await current(page).boundingBox()];
      return edge !== null && card !== null && card.y >= 0 && card.y + card.height <= edge.y;
    };
    await page.keyboard.press('x');
    const bar = page.getByRole('group', { name: '1 selected' });
    await bar.waitFor();
    const rows = await bar.getByRole('button').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect([rows.length, new Set(rows).size]).toEqual([3, 1]);
    await expect(isClear(bar)).resolves.toBe(true);
    for (const key of 'jjk') {
      await page.keyboard.press(key);
      await expect(isClear(bar)).resolves.toBe(true);
    }
    await page.keyboard.press('a');
    await page.keyboard.press('u');
    await cardWith(page, 'number 6.').getByRole('button', { name: 'Approve' }).waitFor();
    await page.keyboard.press('r');
    const undo = page.getByRole('group', { name: '1 comment: Rejected' });
    await undo.waitFor();
    await expect(isClear(undo)).resolves.toBe(true);
  });

  it('tells the author why, where a moderator writes it', async () => {
    const { page } = await withWaiting(2);
    await cardWith(page, 'number 2.').getByRole('button', { name: 'Tell why' }).press('Enter');
    await page.keyboard.type('All are off topic.');
    await page.keyboard.press('Enter');
    await cardWith(page, 'number 2.').getByText('Rejected').waitFor();
    await page.locator('article[aria-current]:focus').filter({ hasText: 'number 1.' }).waitFor();
    await untilQueue(page, 'rejected', (items) => items.length === 1);
    await page.keyboard.press('4');
    await cardWith(page, 'number 2.').getByRole('button', { name: 'History' }).click();
    await cards(page).getByRole('listitem').filter({ hasText: 'All are off topic.' }).waitFor();
  });

  it('blocks the author of a comment, and lifts that in the card or in the list', async () => {
    const { page } = await withWaiting(1);
    const post = await createPost(system(), 'More');
    const url = `${system().urls.comments}/posts/${post.id}/comments`;
    const send = (content: string, headers = {}) =>
      page.context().request.post(url, { data: { content, author: 'Tom' }, headers });
    const token = (await send('A cat by Tom')).headers()['comment-token'] ?? '';
    await untilQueue(page, 'pending', (items) => items.length === 2);
    await open(page);
    const card = cardWith(page, 'A cat by Tom');
    await card.getByRole('button', { name: 'Block author' }).click();
    await card.getByText('under whatever name').waitFor();
    await card.getByRole('button', { name: 'Reject all that comes' }).click();
    await card.getByRole('button', { name: 'Blocked' }).and(page.locator(':focus')).waitFor();
    await expect(page.getByRole('button', { name: 'Block author' }).count()).resolves.toBe(1);
    await send('Nothing wrong in it', { 'Comment-Token': token });
    await untilQueue(page, 'rejected', ([first]) => first?.content === 'Nothing wrong in it');

    await page.getByRole('link', { name: 'Rules' }).click();
    const entry = page.getByRole('region', { name: 'Blocked' }).getByRole('listitem');
    await entry.filter({ hasText: 'Tom Nothing wrong in it' }).waitFor();
    await entry.getByRole('button', { name: 'Lift: Tom' }).click();
    await page.getByText('Nobody is blocked.').waitFor();
    await page.getByRole('link', { name: 'Back to the queue' }).click();
    await card.getByRole('button', { name: 'Block author' }).waitFor();
  });

  it('has four tabs by key, of which each counts, and a search', async () => {
    const { page } = await withWaiting(2);
    const post = await createPost(system(), 'More');
    for (const text of ['I shout', 'An orange', 'Just fine']) await createComment(system(), post.id, text);
    await untilQueue(page, 'approved', (items) => items.length === 1);
    const texts = { 2: 'I shout', 3: 'Just fine', 4: 'An orange' };
    for (const [key, text] of Object.entries(texts)) {
      await page.keyboard.press(key);
      await cardWith(page, text).waitFor();
      await expect(cards(page).count()).resolves.toBe(1);
    }
    expect(new URL(page.url()).searchParams.get('tab')).toBe('rejected');
    await page.getByRole('link', { name: 'Pending 2' }).waitFor();
    await page.keyboard.press('1');
    await cardWith(page, 'number 1.').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('number 2');
    await page.keyboard.press('Enter');
    await page.getByText('With “number 2” in text or author.').waitFor();
    await cardWith(page, 'number 2.').waitFor();
    await expect(cards(page).count()).resolves.toBe(1);
    await page.keyboard.press('a');
    await cardWith(page, 'number 2.').getByText('Approved').waitFor();
    await page.goBack();
    await cardWith(page, 'number 1.').waitFor();
    await expect(cards(page).count()).resolves.toBe(1);
  });

  it('shows what a comment replies to, and tells of new ones without moving what is there', async () => {
    const { page } = await withWaiting(1);
    const post = await createPost(system(), 'Talk');
    const asked = await createComment(system(), post.id, 'Which animal?');
    const url = `${system().urls.comments}/posts/${post.id}/comments`;
    await page.context().request.post(url, { data: { content: 'A cat of course', parentId: asked.id } });
    await page.getByRole('button', { name: '1 new comment' }).waitFor();
    await expect(cards(page).count()).resolves.toBe(1);
    await page.keyboard.press('n');
    await cardWith(page, 'A cat of course').getByText('Reply to Anonymous: Which animal?').waitFor();
    await expect(current(page).innerText()).resolves.toContain('A cat of course');
  });

  it('lists its own shortcuts; none counts in the search, and all can be switched off', async () => {
    const { page } = await withWaiting(1);
    await page.keyboard.press('?');
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await list.getByText('Undo the last decision').waitFor();
    await page.keyboard.press('a');
    await list.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await page.keyboard.press('r');
    await page.getByRole('searchbox').press('a');
    await untilQueue(page, 'pending', (items) => items.length === 1);
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await list.getByRole('checkbox').check();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await page.keyboard.press('r');
    await cardWith(page, 'number 1.').getByText('Rejected').waitFor();
  });
});
