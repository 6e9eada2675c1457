import type { Browser, Page } from 'playwright-core';
import { writeComment } from '../../e2e/harness/browser-pages';
import { send } from '../../e2e/harness/send';
import type { System } from '../../e2e/harness/system';
import { waitFor } from '../../e2e/harness/wait-for';
import { hasComeAlive } from './page-figures';

type WithDrawnAt = typeof globalThis & { clickedAt: number; drawnAt: number };

/** Milliseconds from the click that sends a comment until the browser draws it, with a slower processor. */
export async function ownCommentDrawn(browser: Browser, url: string, slowdown: number): Promise<number> {
  const window = await browser.newContext();
  const page = await window.newPage();
  const devtools = await window.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(url, { waitUntil: 'load' });
  await hasComeAlive(page);
  const text = `Drawn at once ${Math.random()}`;
  await page.evaluate((wanted) => {
    const all = globalThis as WithDrawnAt;
    addEventListener('click', ({ timeStamp }) => (all.clickedAt = timeStamp), true);
    const look = (): void => {
      const isThere = [...document.querySelectorAll('article')].some(({ textContent }) => textContent.includes(wanted));
      if (isThere) all.drawnAt ??= performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, text);
  await writeComment(page, text, 'Ann');
  await page.waitForFunction(() => (globalThis as WithDrawnAt).drawnAt > 0);
  const took = await page.evaluate(() => (globalThis as WithDrawnAt).drawnAt - (globalThis as WithDrawnAt).clickedAt);
  await window.close();
  return took;
}

/** A reader's page that says when it first told of so many new comments. */
export async function openReader(
  browser: Browser,
  url: string,
): Promise<{ told: (count: number) => Promise<number>; close(): Promise<void> }> {
  const page: Page = await browser.newPage();
  await page.goto(url, { waitUntil: 'load' });
  await page.evaluate(() => {
    const toldAt: Record<string, number> = {};
    Object.assign(globalThis, { toldAt });
    const look = (): void => {
      const count = /(\d+) new comments?/.exec(document.body.innerText)?.[1];
      if (count !== undefined) toldAt[count] ??= Date.now();
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const toldAt = (count: number) =>
    page.evaluate((wanted) => (globalThis as unknown as { toldAt: Record<string, number> }).toldAt[wanted], count);
  return {
    told: (count) => waitFor(`${count} new comments`, () => toldAt(count), { within: 60_000 }),
    close: () => page.close(),
  };
}

/** Sends a comment as another reader's browser does. Gives the time at which it was sent. */
export async function sendComment({ urls }: System, postId: string, content: string): Promise<number> {
  const at = Date.now();
  const url = `${urls.client}/api/comments/posts/${postId}/comments`;
  const { status, text } = await send(url, { json: { content }, headers: { Origin: urls.client } });
  if (status !== 201) throw new Error(`${status}: ${text}`);
  return at;
}
