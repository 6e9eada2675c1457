import { formatRelative } from '../time';

/** Times outside of the hydrated parts: those of the last week become "3 hours ago". */
export function enhanceTimes(document: Document, now: number): void {
  for (const element of document.querySelectorAll('time')) {
    if (element.closest('[data-island]')) continue;
    const text = formatRelative(element.dateTime, now);
    if (text !== undefined) element.textContent = text;
  }
}
