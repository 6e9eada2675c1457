import { useState } from 'react';

export interface Selection {
  size: number;
  has(id: string): boolean;
  toggle(id: string | undefined): void;
  /** Selects all from the one that was selected last up to this one. */
  extendTo(id: string | undefined): void;
  clear(): void;
}

/** Which of these are selected. What is no longer shown is selected no more. */
export function useSelection(ids: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string>();
  const shown = ids.filter((id) => selected.has(id));
  return {
    size: shown.length,
    has: (id) => selected.has(id),
    toggle(id) {
      if (id === undefined) return;
      const next = new Set(shown);
      if (!next.delete(id)) next.add(id);
      setSelected(next);
      setLast(id);
    },
    extendTo(id) {
      if (id === undefined) return;
      const [from, to] = [ids.indexOf(last ?? id), ids.indexOf(id)].sort((a, b) => a - b);
      setSelected(new Set([...shown, ...ids.slice(Math.max(0, from ?? 0), (to ?? 0) + 1)]));
      setLast(id);
    },
    clear: () => setSelected(new Set()),
  };
}
