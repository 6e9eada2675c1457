import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { keepText } from '../../browser/kept-text';
import { newKey } from '../../browser/new-key';
import { sendJson } from '../../browser/send-json';
import type { Refusal } from '../../faults';
import { postPath } from '@blog/contract/address';

export interface TypedPost {
  title: string;
  body: string;
}

export interface WritePostProps {
  typed: TypedPost;
  refusal?: Refusal;
  /** Names the request, so that a service can tell a repetition from a second post. */
  postKey: string;
  /** Leads to what was written; replaced in tests. */
  goTo?: (path: string) => void;
}

interface WritePostForm {
  form: RefObject<HTMLFormElement | null>;
  details: RefObject<HTMLDetailsElement | null>;
  refusal: Refusal | undefined;
  isSending: boolean;
  keep(): void;
  submit(event: FormEvent<HTMLFormElement>): void;
}

const draft = keepText<TypedPost>('draft:post');
const leave = (path: string) => window.location.assign(path);

function fieldOf(form: HTMLFormElement, name: keyof TypedPost): HTMLInputElement | HTMLTextAreaElement | undefined {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field : undefined;
}

function read(form: HTMLFormElement): TypedPost {
  return { title: fieldOf(form, 'title')?.value ?? '', body: fieldOf(form, 'body')?.value ?? '' };
}

function fill(form: HTMLFormElement, typed: TypedPost): void {
  for (const name of ['title', 'body'] as const) {
    const field = fieldOf(form, name);
    if (field) field.value = typed[name];
  }
}

function isEmpty({ title, body }: TypedPost): boolean {
  return title === '' && body === '';
}

/** Names attempts. Trying again with the same text is the same request; with another text it is a new one. */
function createAttempts(firstKey: string) {
  let key = firstKey;
  let last: TypedPost | undefined;
  return (typed: TypedPost): string => {
    if (last && (last.title !== typed.title || last.body !== typed.body)) key = newKey();
    last = typed;
    return key;
  };
}

/** The life of the form: what is typed stays over reloads and failures until it is stored. */
export function useWritePost({ refusal: first, postKey, goTo = leave }: WritePostProps): WritePostForm {
  const form = useRef<HTMLFormElement>(null);
  const details = useRef<HTMLDetailsElement>(null);
  const [refusal, setRefusal] = useState(first);
  const [isSending, setSending] = useState(false);
  const [keyOf] = useState(() => createAttempts(postKey));

  useEffect(() => {
    const kept = draft.read();
    if (!form.current || !details.current || !kept || isEmpty(kept) || !isEmpty(read(form.current))) return;
    fill(form.current, kept);
    details.current.open = true;
  }, []);

  async function send(typed: TypedPost): Promise<void> {
    setSending(true);
    const answer = await sendJson({ method: 'POST', path: '/api/posts/posts', body: typed, key: keyOf(typed) });
    setSending(false);
    if (!answer.ok) return setRefusal(answer.refusal);
    draft.forget();
    const { id } = answer.body as { id: string };
    goTo(postPath({ ...typed, id }));
  }

  return {
    form,
    details,
    refusal,
    isSending,
    keep: () => void (form.current && draft.write(read(form.current))),
    submit(event) {
      event.preventDefault();
      if (!isSending) void send(read(event.currentTarget));
    },
  };
}
