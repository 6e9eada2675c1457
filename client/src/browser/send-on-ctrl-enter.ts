import type { KeyboardEvent } from 'react';

/** Ctrl+Enter (or ⌘+Enter) in a form's field sends the form, as its button would. */
export function sendOnCtrlEnter(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
