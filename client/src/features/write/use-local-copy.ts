import { useEffect, useState } from 'react';
import { keepText } from '../../browser/kept-text';
import type { TypedPost } from './posts';

interface LocalCopy {
  typed: TypedPost;
  /** ms since 1970. */
  at: number;
}

const quietMs = 800;

/** Where the copy of a post lies; of one that isn't stored yet, there is one place. */
export const placeOf = (id: string | undefined): string => `write:${id ?? 'new'}`;

/**
 * What is typed, kept on this device while it differs from what is stored, so that neither a crash nor a closed tab
 * loses it. `savedAt` is when it was kept last.
 */
export function useLocalCopy(place: string, typed: TypedPost, isChanged: boolean): { savedAt: number | undefined } {
  const [savedAt, setSavedAt] = useState<number>();
  useEffect(() => {
    const copy = keepText<LocalCopy>(place);
    if (!isChanged) return copy.forget();
    const keep = (): void => {
      const at = Date.now();
      copy.write({ typed, at });
      setSavedAt(at);
    };
    const timer = setTimeout(keep, quietMs);
    // Whoever leaves within that time has typed it, too.
    window.addEventListener('pagehide', keep);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', keep);
    };
  }, [place, typed, isChanged]);
  return { savedAt: isChanged ? savedAt : undefined };
}

export function localCopyOf(place: string): TypedPost | undefined {
  return keepText<LocalCopy>(place).read()?.typed;
}

export function forgetLocalCopy(place: string): void {
  keepText<LocalCopy>(place).forget();
}
