import type { ReactNode } from 'react';

const special = /[.*+?^${}()|[\]\\]/g;

/** The words that somebody searches for; what stands in quotes is one. */
export function wordsOf(q: string): string[] {
  return [...q.matchAll(/"([^"]+)"|([\p{L}\p{M}\p{N}_'’-]+)/gu)].map(([, quoted, word]) =>
    (quoted ?? word ?? '').trim(),
  );
}

/** A text in which the words that are searched for are marked, at the beginning of a word. */
export function markWords(text: string, q: string | undefined): ReactNode {
  const words = wordsOf(q ?? '').filter(Boolean);
  if (words.length === 0) return text;
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(${words.map((word) => word.replace(special, '\\$&')).join('|')})`,
    'giu',
  );
  return text.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
