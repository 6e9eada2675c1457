import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const widths = [360, 1280];
const schemes = ['light', 'dark'] as const;

/** What axe finds against WCAG 2.2 AA, and what is wider than the window, in both colours and at both widths. */
export async function faultsOf(page: Page): Promise<string[]> {
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
