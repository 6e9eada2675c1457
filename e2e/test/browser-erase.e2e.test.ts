/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { watchErrors } from '../harness/browser-pages';
import { createComment, createPost } from '../harness/blog';
import { read, send } from '../harness/send';
import { holdCats, signedIn, studioSettings, untilQueue } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useFreshSystem } from '../harness/use-system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(90_000);

const system = useFreshSystem({ env: studioSettings });
const newWindow = useBrowser();

const cardWith = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text });
const erasedCards = (page: Page): Locator => page.getByRole('article', { name: 'Erased' });

interface Written {
  id: string;
  token: string;
}

/** A comment by Tom; with the token of an earlier one it is of the same author. */
async function byTom(postId: string, content: string, token?: string): Promise<Written> {
  const url = `${system().urls.comments}/posts/${postId}/comments`;
  const headers: Record<string, string> = token === undefined ? {} : { 'Comment-Token': token };
  const answer = await send<{ id: string; content: string }[]>(url, { json: { content, author: 'Tom' }, headers });
  const id = answer.json().find((one) => one.content === content)?.id ?? '';
  return { id, token: answer.headers.get('Comment-Token') ?? '' };
}

async function erasureDone(count: number): Promise<void> {
  await waitFor(`${count} erasures that are done`, async () => {
    const told = await read<{ doneAt: string | null }[]>(`${system().urls['event-bus']}/erasures`);
    return told.length === count && told.every(({ doneAt }) => doneAt !== null);
  });
}

const history = async (): Promise<string> => (await send(`${system().urls['event-bus']}/events`)).text;
const auditOf = (event: string): Record<string, unknown>[] =>
  readFileSync(join(system().dataDir, 'audit.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((entry) => entry['event'] === event);

async function queueOf(name: string): Promise<{ page: Page; postId: string }> {
  const page = await signedIn(system(), await newWindow(), name, 'moderator');
  await holdCats(page);
  const { id: postId } = await createPost(system(), 'Pets');
  return { page, postId };
}

describe('A moderator at the review queue', () => {
  it('erases a comment after a question, which can be answered with no; the audit says who', async () => {
    const { page, postId } = await queueOf('mo');
    const { id } = await createComment(system(), postId, 'A cat named Quixote');
    await createComment(system(), postId, 'Another cat');
    await untilQueue(page, 'pending', (items) => items.length === 2);
    await page.goto(`${system().urls.client}/review`);
    const errors = watchErrors(page);
    const card = cardWith(page, 'A cat named Quixote');
    await card.getByRole('button', { name: /Erase$/ }).click();
    await card.getByRole('button', { name: 'Erase this comment' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase this comment?' });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await history()).toContain('Quixote');

    await card.getByRole('button', { name: 'Erase this comment' }).click();
    await dialog.getByRole('button', { name: 'Erase it' }).click();
    await erasedCards(page).waitFor();
    await erasureDone(1);
    expect(await history()).not.toContain('Quixote');
    await untilQueue(page, 'pending', ([only, ...rest]) => only?.content === 'Another cat' && rest.length === 0);
    expect(auditOf('comment-erased')).toEqual([
      { time: expect.any(String), event: 'comment-erased', by: 'mo', post: postId, comment: id },
    ]);
    await expect(page.getByText('Quixote').count()).resolves.toBe(0);
    expect(errors).toEqual([]);
  });

  it('erases all of an author, and nothing of others', async () => {
    const { page, postId } = await queueOf('mia');
    const { id, token } = await byTom(postId, 'A cat by Quixote');
    await byTom(postId, 'Approved at once, by Quixote', token);
    await byTom(postId, 'Another cat by Quixote', token);
    await createComment(system(), postId, 'A cat by others');
    await untilQueue(page, 'pending', (items) => items.length === 3);
    await page.goto(`${system().urls.client}/review`);
    const card = cardWith(page, 'A cat by Quixote');
    await card.getByRole('button', { name: /Erase$/ }).click();
    await card.getByRole('button', { name: 'Erase all of this author' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Erase it' }).click();
    await erasedCards(page).nth(1).waitFor();
    await erasureDone(3);
    expect(await history()).not.toContain('Quixote');
    await cardWith(page, 'A cat by others').waitFor();
    expect(auditOf('author-erased')).toMatchObject([{ by: 'mia', post: postId, comment: id }]);
  });

  it('is no author who may erase posts, and an author is no moderator', async () => {
    const { page, postId } = await queueOf('max');
    const { id } = await createComment(system(), postId, 'A cat');
    const erase = async (of: Page, path: string) => {
      const url = `${system().urls.client}${path}`;
      return (await of.context().request.post(url, { headers: { Origin: new URL(url).origin } })).status();
    };
    const comment = `/api/comments/posts/${postId}/comments/${id}/erasure`;
    const author = await signedIn(system(), await newWindow(), 'ann', 'author');
    expect(await erase(author, comment)).toBe(403);
    expect(await erase(page, `/api/posts/posts/${postId}/erasure`)).toBe(403);
    expect((await send(`${system().urls.client}${comment}`, { method: 'POST' })).status).toBe(401);
    expect(auditOf('comment-erased')).toEqual([]);
    expect(await erase(author, `/api/posts/posts/${postId}/erasure`)).toBe(202);
    expect(auditOf('post-erased')).toMatchObject([{ by: 'ann', post: postId }]);
  });
});
