import type { Locator, Page } from 'playwright-core';

/** The words by which the tests find their way on the reader pages. */
export const words = {
  pending: 'Awaiting moderation, only you can see this',
  rejected: 'Not published, only you can see this',
};

/** All comments of a post's page that are stored. */
export const commentsOf = (page: Page): Locator => page.locator('article[id^="c-"]');
export const commentWith = (page: Page, content: string): Locator => commentsOf(page).filter({ hasText: content });

/** Writes a post through the front page's form and waits for its own page. */
export async function writePost(
  page: Page,
  clientUrl: string,
  title: string,
  body = 'With *Markdown* in it.',
): Promise<void> {
  await page.goto(clientUrl);
  await page.getByText('Write a post', { exact: true }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text', { exact: true }).fill(body);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Writes a comment through the form under the post. */
export async function writeComment(page: Page, content: string, author = ''): Promise<void> {
  const composer = page.locator('#composer');
  await composer.getByLabel('Comment', { exact: true }).fill(content);
  await composer.getByLabel('Name').fill(author);
  await composer.getByRole('button', { name: 'Send comment' }).click();
}

/** Collects what goes wrong in a page: failing scripts, breaches of its own Content-Security-Policy, failed requests. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** Reloads until something is true: the way of a page without JavaScript. */
export async function reloadUntil(page: Page, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`In vain: ${await page.content()}`);
    await page.reload();
  }
}
