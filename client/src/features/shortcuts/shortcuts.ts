import { arePageKeysOn, isPageKey, keepPageKeys } from '../../browser/page-keys';

/** What a key does, by the selector of what it leads to: the first of these that the page has. */
const goTo: Record<string, string> = {
  '/': '#search',
  c: '#comment-content',
  n: '[data-key="n"], [data-pill]',
  u: 'a[rel="up"]',
};
/** What `j` and `k` step through: comments, or posts. */
const steps = 'article[id^="c-"], [data-step]';

/** Whether there was anything to step through. */
function step(by: 1 | -1): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(steps)];
  const at = all.findIndex((each) => each.contains(document.activeElement));
  const next = all[at === -1 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return all.length > 0;
}

function press(key: string): boolean {
  if (key === 'j') return step(1);
  if (key === 'k') return step(-1);
  const place = document.querySelector<HTMLElement>(Object.hasOwn(goTo, key) ? (goTo[key] ?? '') : 'none');
  if (!place) return false;
  if (place.matches('input, textarea')) place.focus();
  else place.click();
  return true;
}

/** Shortcuts of one key each: `?` lists them. None counts in fields, and all of them can be switched off in that list. */
export function enhanceShortcuts(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#shortcuts');
  const opener = document.querySelector<HTMLElement>('[data-shortcuts]');
  const choice = dialog?.querySelector<HTMLInputElement>('input');
  if (!dialog || !opener || !choice) return;
  choice.checked = arePageKeysOn();
  choice.addEventListener('change', () => keepPageKeys(choice.checked));
  opener.hidden = false;
  opener.addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', (event) => {
    if (!isPageKey(event)) return;
    if (event.key === '?') dialog.showModal();
    else if (!press(event.key)) return;
    event.preventDefault();
  });
}
