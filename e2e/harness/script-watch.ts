import type { BrowserContext, Page } from 'playwright-core';

/** Watches the pages of a window for scripts that are not the blog's, and for what a policy had to stop. */
export interface ScriptWatch {
  /** What was seen until now, and is forgotten with that. */
  seen(): string[];
}

/**
 * Calls of `alert` and its like, dialogs, breaches of a Content-Security-Policy, and requests of anything but images for another
 * origin. None leaves this machine.
 */
export async function watchScripts(window: BrowserContext, origin: string): Promise<ScriptWatch> {
  let found: string[] = [];
  const note = (what: string): void => void found.push(what);
  await window.exposeBinding('noteScript', ({ page }, what: string) => note(`${page.url()}: ${what}`));
  await window.addInitScript(() => {
    const tell = (what: string) => (globalThis as unknown as { noteScript(what: string): void }).noteScript(what);
    for (const name of ['alert', 'confirm', 'prompt', 'print'] as const)
      Object.assign(globalThis, { [name]: () => tell(`${name} was called`) });
    addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, sample, blockedURI }) =>
      tell(`the policy stopped ${violatedDirective} ${blockedURI} ${sourceFile} ${sample}`),
    );
  });
  await window.route(
    (url) => url.origin !== origin,
    (route, request) => {
      if (request.resourceType() !== 'image') note(`${request.frame().url()}: asked for ${request.url()}`);
      return route.abort();
    },
  );
  window.on('dialog', (dialog) => {
    note(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  window.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) note(message.text());
  });
  return {
    seen() {
      const seen = found;
      found = [];
      return seen;
    },
  };
}

/** What stands in a page that could run a script once somebody clicks, or another page makes something of it. */
export function livePartsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const foreign = 'iframe, object, embed, base, frameset, portal, math, foreignObject, animate, set, use, [srcdoc]';
    const scripts = [...document.querySelectorAll('script')].filter(
      ({ src, type }) => type !== 'application/json' && !src.startsWith(location.origin),
    );
    const handled = [...document.querySelectorAll('*')].filter(({ attributes }) =>
      [...attributes].some(({ name }) => /^on|formaction/i.test(name)),
    );
    const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href], area[href]')].filter(
      // An address that is none, as //javascript:x, has ':' and leads nowhere.
      ({ protocol }) => !['http:', 'https:', 'mailto:', ':'].includes(protocol),
    );
    const refreshes = document.querySelectorAll('meta[http-equiv="refresh" i]');
    const styled = document.querySelectorAll('style, article [style]');
    return [...document.querySelectorAll(foreign), ...scripts, ...handled, ...links, ...refreshes, ...styled].map(
      ({ outerHTML }) => outerHTML.slice(0, 200),
    );
  });
}
