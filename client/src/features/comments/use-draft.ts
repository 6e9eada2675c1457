import { type RefObject, useEffect, useRef } from 'react';
import { keepText } from '../../browser/kept-text';
import type { TypedComment } from './comment-tools';

export interface Draft {
  author: RefObject<HTMLInputElement | null>;
  content: RefObject<HTMLTextAreaElement | null>;
  /** Keeps what the fields hold on this device. */
  keep(): void;
  /** Puts a text (back) into the fields, before what is there, and goes to it. */
  takeBack(typed: TypedComment): void;
  /** Takes the text out of the fields: it is on its way. Undefined where there is none. */
  take(): TypedComment | undefined;
}

/**
 * The fields of the composer. What is typed there stays there over a reload; the name is remembered for the next time.
 * `place` names what is answered: the post, or one comment of it.
 */
export function useDraft(place: string): Draft {
  const author = useRef<HTMLInputElement>(null);
  const content = useRef<HTMLTextAreaElement>(null);
  const draft = keepText<TypedComment>(`draft:${place}`);
  const name = keepText<string>('name');

  useEffect(() => {
    if (!content.current || !author.current) return;
    // What was typed before this script ran is newer than what was kept.
    const kept = keepText<TypedComment>(`draft:${place}`).read();
    if (content.current.value === '' && kept) content.current.value = kept.content;
    if (author.current.value === '') author.current.value = kept?.author || keepText<string>('name').read() || '';
  }, [place]);

  const typed = (): TypedComment => ({ author: author.current?.value ?? '', content: content.current?.value ?? '' });
  const keep = () => (typed().content === '' ? draft.forget() : draft.write(typed()));

  return {
    author,
    content,
    keep,
    takeBack(back) {
      if (!content.current || !author.current) return;
      content.current.value = [back.content, content.current.value].filter(Boolean).join('\n\n');
      author.current.value = back.author;
      keep();
      content.current.focus();
    },
    take() {
      const taken = typed();
      if (taken.content.trim() === '' || !content.current) return undefined;
      content.current.value = '';
      draft.forget();
      name.write(taken.author);
      return { ...taken, author: taken.author.trim() };
    },
  };
}
