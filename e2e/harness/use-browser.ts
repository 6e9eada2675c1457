import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { findChromium } from '../../infra/laptop/chromium.cjs';

/** The background-networking flags keep Chromium from looking up hosts of its maker. */
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
const startWithinMs = 60_000;

/**
 * One Chromium for all tests of the file. Gives a function that opens a new window with cookies of its own: another
 * person's browser. All windows are closed after each test. `more` are further switches of Chromium.
 */
export function useBrowser(
  more: readonly string[] = [],
): (options?: Parameters<Browser['newContext']>[0]) => Promise<BrowserContext> {
  let browser: Browser | undefined;
  const windows: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: [...args, ...more] });
  }, startWithinMs);
  afterEach(async () => {
    await Promise.all(windows.splice(0).map((window) => window.close()));
  });
  afterAll(() => browser?.close());
  return async (options) => {
    if (browser === undefined) throw new Error('The browser runs only within a test');
    const window = await browser.newContext(options);
    windows.push(window);
    return window;
  };
}
