import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';

/** Kilobytes after gzip. */
export interface Sizes {
  js: number;
  css: number;
  fonts: number;
}

const kinds: Record<string, keyof Sizes> = { script: 'js', stylesheet: 'css', font: 'fonts' };

/** What a page loads, in a browser that has nothing of it yet. */
export async function sizesOf(browser: Browser, url: string): Promise<Sizes> {
  const page = await browser.newPage();
  const sizes: Sizes = { js: 0, css: 0, fonts: 0 };
  const counted: Promise<void>[] = [];
  page.on('response', (response) => {
    const kind = kinds[response.request().resourceType()];
    if (kind) counted.push(response.body().then((bytes) => void (sizes[kind] += gzipSync(bytes).length / 1_000)));
  });
  await page.goto(url, { waitUntil: 'load' });
  await hasComeAlive(page);
  await Promise.all(counted);
  await page.close();
  return sizes;
}

/** Waits until React has taken over the form; before that it would be sent as without JavaScript. */
export async function hasComeAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const form = document.querySelector('#composer');
    return [form, form?.querySelector('form')].some(
      (one) => one && Object.keys(one).some((name) => name.startsWith('__reactProps')),
    );
  });
}

/** Milliseconds, but for the layout shift, which has no unit. */
export interface Vitals {
  lcp: number;
  inp: number;
  cls: number;
}

type WithSeen = typeof globalThis & { seen: Vitals };

/** Runs in the page, before everything else. */
function watchVitals(): void {
  const seen: Vitals = { lcp: 0, inp: 0, cls: 0 };
  Object.assign(globalThis, { seen });
  const watch = (type: string, take: (entry: PerformanceEntry) => void, more: object = {}): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch('largest-contentful-paint', ({ startTime }) => void (seen.lcp = startTime));
  watch('layout-shift', (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) seen.cls += value;
  });
  const interaction = (entry: PerformanceEntry): void => {
    if ((entry as PerformanceEntry & { interactionId: number }).interactionId > 0)
      seen.inp = Math.max(seen.inp, entry.duration);
  };
  watch('event', interaction, { durationThreshold: 16 });
}

/** Loads a post's page with a processor that is so many times slower, and does what readers do there. */
export async function vitalsOf(browser: Browser, url: string, slowdown: number): Promise<Vitals> {
  const window = await browser.newContext();
  const page = await window.newPage();
  await page.addInitScript(watchVitals);
  const devtools = await window.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(url, { waitUntil: 'load' });
  await hasComeAlive(page);
  await interact(page);
  // What an interaction took is told after the frame that followed it.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)))),
  );
  const { lcp, inp, cls } = await page.evaluate(() => (globalThis as WithSeen).seen);
  await window.close();
  return { lcp, inp, cls };
}

/** Types a comment, looks at its preview, and begins a reply. */
async function interact(page: Page): Promise<void> {
  const composer = page.locator('#composer');
  await composer.getByLabel('Comment', { exact: true }).click();
  await page.keyboard.type('A comment, *typed*');
  await composer.getByRole('button', { name: 'Preview' }).click();
  await page.locator('#composer em, #composer-preview em').first().waitFor();
  await page.getByText('Reply', { exact: true }).first().click();
  await page.locator('#reply').waitFor();
}
