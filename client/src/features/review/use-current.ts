import { useCallback, useEffect, useRef, useState } from 'react';
import type { QueueItem } from './queue';

/**
 * The place of the keyboard in the list, which the page follows. It stays with its comment when others come, and goes back
 * to what was `refused`: who decides again means that comment, and not the next.
 */
export function useCurrent(items: readonly QueueItem[], refused: readonly string[]) {
  const [currentId, setCurrentId] = useState<string>();
  const cards = useRef(new Map<string, HTMLElement>());
  const current = Math.max(
    0,
    items.findIndex(({ id }) => id === currentId),
  );
  const goTo = useCallback((id: string | undefined, { takesFocus } = { takesFocus: true }): void => {
    if (id === undefined) return;
    setCurrentId(id);
    const card = cards.current.get(id);
    if (takesFocus) card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  }, []);
  // Once it is drawn as refused, as it is higher then. Whoever types meanwhile goes on typing.
  useEffect(() => {
    const isTyping = document.activeElement?.matches('input:not([type=checkbox]), textarea') === true;
    goTo(refused[0], { takesFocus: !isTyping });
  }, [refused, goTo]);
  const here = items[current]?.id;
  return {
    ...{ current, here },
    /** Scrolls the current card, where it is in sight, clear of the edges and of what lies over them. */
    keepClear: useCallback((): void => {
      const card = here === undefined ? undefined : cards.current.get(here);
      const { top = 0, bottom = 0 } = card?.getBoundingClientRect() ?? {};
      if (bottom > 0 && top < window.innerHeight) card?.scrollIntoView({ block: 'nearest' });
    }, [here]),
    goTo,
    step: (by: 1 | -1) => goTo(items[Math.max(0, Math.min(current + by, items.length - 1))]?.id),
    refOf: (id: string) => (element: HTMLElement | null) => {
      if (element) cards.current.set(id, element);
      else cards.current.delete(id);
    },
  };
}
