const storageKey = 'shortcuts';
/** What letters are typed into. */
const fields = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';

/** Whether shortcuts of one key are on: as they are until somebody switches them off. */
export function arePageKeysOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

export function keepPageKeys(on: boolean): void {
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Then they are on again on the next page.
  }
}

/** Whether a key is pressed for the page: not typed into a field, not with Ctrl, Alt or ⌘, not into an open dialog. */
export function isPageKey({ target, ctrlKey, altKey, metaKey, isComposing }: KeyboardEvent): boolean {
  if (ctrlKey || altKey || metaKey || isComposing || !arePageKeysOn()) return false;
  return !(target instanceof HTMLElement && target.matches(fields)) && !document.querySelector('dialog[open]');
}
