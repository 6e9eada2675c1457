import type { BrowserContext, Page } from 'playwright-core';
import { runAccount } from './account';
import { authEnvironment } from './auth';
import type { System } from './system';
import { waitFor } from './wait-for';

/** Settings of a system in which people can sign in, and nobody is told to slow down. */
export const studioSettings = { ...authEnvironment, COMMENTS_PER_MINUTE: '0' };

/** Makes an account; gives its password. */
async function addAccount(system: System, name: string, roles: readonly string[]): Promise<string> {
  const said = await runAccount(system, ['add', name, '--roles', roles.join(',')]);
  const password = /with the password (\S+)/.exec(said)?.[1];
  if (password === undefined) throw new Error(`No account was made: ${said}`);
  return password;
}

/** A new page of somebody with these roles, who has just signed in by the form. */
export async function signedIn(
  system: System,
  window: BrowserContext,
  name: string,
  ...roles: ('author' | 'moderator')[]
): Promise<Page> {
  const password = await addAccount(system, name, roles);
  const page = await window.newPage();
  await page.goto(`${system.urls.client}/sign-in?back=${encodeURIComponent('/feed.json')}`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/feed.json');
  return page;
}

interface Asked {
  method?: string;
  path: string;
  json?: unknown;
}

/** Asks moderation as whoever is signed in here, by the way that the pages take. Throws unless the answer is 200. */
async function ask<T>(page: Page, { method = 'GET', path, json }: Asked): Promise<T> {
  const url = new URL(`/api/moderation${path}`, page.url()).href;
  const answer = await page.context().request.fetch(url, {
    method,
    headers: { 'If-Match': '*', Origin: new URL(url).origin },
    ...(json === undefined ? {} : { data: json }),
  });
  if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Comments with the word "cat" wait for a moderator, those with "shout" are flagged, those with "orange" rejected. */
export function holdCats(page: Page): Promise<unknown> {
  const rules = [
    { kind: 'words', name: 'orange', action: 'reject', reason: 'It contains the word “orange”.', words: ['orange'] },
    { kind: 'words', name: 'cats', action: 'hold', words: ['cat'] },
    { kind: 'words', name: 'loud', action: 'flag', words: ['shout'] },
  ];
  return ask(page, { method: 'PUT', path: '/rules', json: { trustAfter: null, rules } });
}

/** Comments that sell something, and those with links, wait for a moderator. */
export function holdSales(page: Page): Promise<unknown> {
  const rules = [
    { kind: 'phrases', name: 'Buying and selling', action: 'hold', phrases: ['cheap watches', 'buy now'] },
    { kind: 'links', name: 'Links', action: 'hold', most: 0 },
  ];
  return ask(page, { method: 'PUT', path: '/rules', json: { trustAfter: null, rules } });
}

export interface Queued {
  id: string;
  content: string;
  status: string;
  revision: number;
}

/** What the queue has of a status, once it is what is waited for. */
export function untilQueue(page: Page, status: string, isIt: (items: Queued[]) => boolean): Promise<Queued[]> {
  return waitFor(`the queue's ${status} comments`, async () => {
    const { items } = await ask<{ items: Queued[] }>(page, { path: `/queue?status=${status}` });
    return isIt(items) ? items : undefined;
  });
}

/** Decides as whoever is signed in here, beside the page. */
export function decide(page: Page, commentId: string, verdict: string): Promise<unknown> {
  return ask(page, { method: 'POST', path: '/verdicts', json: { commentId, verdict } });
}
