const storageKey = 'shortcuts';

/** What a key does, by the selector of what it leads to: the first of these that the page has. */
const goTo: Record<string, string> = {
  '/': '#search',
  c: '#comment-content',
  n: '[data-key="n"], [data-pill]',
  u: 'a[rel="up"]',
};
/** What `j` and `k` step through: comments, or posts. */
const steps = 'article[id^="c-"], [data-step]';

function isOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

function keep(on: boolean): void {
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Then they are on again on the next page.
  }
}

/** Whether a key is typed into something. */
function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

function step(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(steps)];
  const at = all.findIndex((each) => each.contains(document.activeElement));
  const next = all[at === -1 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function press(key: string): boolean {
  if (key === 'j') step(1);
  else if (key === 'k') step(-1);
  else {
    const place = document.querySelector<HTMLElement>(Object.hasOwn(goTo, key) ? (goTo[key] ?? '') : 'none');
    if (!place) return false;
    if (place.matches('input, textarea')) place.focus();
    else place.click();
  }
  return true;
}

/** Shortcuts of one key each: `?` lists them. None counts in fields, and all of them can be switched off in that list. */
export function enhanceShortcuts(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#shortcuts');
  const opener = document.querySelector<HTMLElement>('[data-shortcuts]');
  const choice = dialog?.querySelector<HTMLInputElement>('input');
  if (!dialog || !opener || !choice) return;
  choice.checked = isOn();
  choice.addEventListener('change', () => keep(choice.checked));
  opener.hidden = false;
  opener.addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event)) return;
    if (event.key === '?') dialog.showModal();
    else if (!press(event.key)) return;
    event.preventDefault();
  });
}
