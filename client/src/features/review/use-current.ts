import { useRef, useState } from 'react';
import type { QueueItem } from './queue';

/** The place of the keyboard in the list, which the page follows. It stays with its comment when others come. */
export function useCurrent(items: readonly QueueItem[]) {
  const [currentId, setCurrentId] = useState<string>();
  const cards = useRef(new Map<string, HTMLElement>());
  const current = Math.max(
    0,
    items.findIndex(({ id }) => id === currentId),
  );
  const goTo = (id: string | undefined): void => {
    if (id === undefined) return;
    setCurrentId(id);
    const card = cards.current.get(id);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  };
  return {
    current,
    goTo,
    step: (by: 1 | -1) => goTo(items[Math.max(0, Math.min(current + by, items.length - 1))]?.id),
    refOf: (id: string) => (element: HTMLElement | null) => {
      if (element) cards.current.set(id, element);
      else cards.current.delete(id);
    },
  };
}
