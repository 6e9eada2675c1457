import { useEffect, useState } from 'react';
import { keepText } from '../../browser/kept-text';
import type { TypedPost } from './posts';

interface LocalCopy {
  typed: TypedPost;
  /** ms since 1970. */
  at: number;
}

const quietMs = 800;

/**
 * What is typed, kept on this device while it differs from what is stored, so that neither a crash nor a closed tab
 * loses it. `savedAt` is when it was kept last.
 */
export function useLocalCopy(place: string, typed: TypedPost, isChanged: boolean): { savedAt: number | undefined } {
  const [savedAt, setSavedAt] = useState<number>();
  useEffect(() => {
    const copy = keepText<LocalCopy>(place);
    if (!isChanged) return copy.forget();
    const timer = setTimeout(() => {
      const at = Date.now();
      copy.write({ typed, at });
      setSavedAt(at);
    }, quietMs);
    return () => clearTimeout(timer);
  }, [place, typed, isChanged]);
  return { savedAt: isChanged ? savedAt : undefined };
}

export function localCopyOf(place: string): TypedPost | undefined {
  return keepText<LocalCopy>(place).read()?.typed;
}
