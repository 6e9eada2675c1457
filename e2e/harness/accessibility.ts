import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const widths = [360, 1280];
const schemes = ['light', 'dark'] as const;

/** Classes of our style sheets' (`_name_hash_1`) for which the page has loaded no rule. */
function classesWithoutStyle(): string[] {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText)).join();
  const classes = [...document.querySelectorAll('[class*="_"]')].flatMap(({ classList }) => [...classList]);
  return [...new Set(classes)].filter((name) => /^_\w+_\w+_\d+$/.test(name) && !rules.includes(`.${name}`));
}

/**
 * What axe finds against WCAG 2.2 AA, and what is wider than the window, in both colours and at both widths; and what
 * has no styles.
 */
export async function faultsOf(page: Page): Promise<string[]> {
  // A page that has just been gone to may still be waiting for its styles.
  await page.waitForLoadState();
  const faults = (await page.evaluate(classesWithoutStyle)).map((name) => `no style for ${name}`);
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
