import { useEffect, useRef } from 'react';
import { isPageKey } from '../browser/page-keys';

/** Keys that may be held down. All others act once: what decides on one comment must not run through the whole list. */
const repeatable = new Set(['j', 'k']);

/** Single keys for the whole page, by `event.key` (`Shift+X` is 'X'), under the rules of {@link isPageKey}. */
export function useKeys(actions: Record<string, () => void>): void {
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!isPageKey(event)) return;
      const action = Object.hasOwn(current.current, event.key) ? current.current[event.key] : undefined;
      if (!action) return;
      event.preventDefault();
      if (!event.repeat || repeatable.has(event.key)) action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
