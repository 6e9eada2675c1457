import { useState } from 'react';
import { sendJson } from '../../browser/send-json';
import type { PreviewedText } from './comment-tools';

export interface Preview {
  /** What was typed, as it will look. */
  text: PreviewedText | undefined;
  /** Why it can't be shown. */
  fault: string | undefined;
  show(text: string): void;
  hide(): void;
}

/** Asks the server to render what was typed, with the renderer that will render it for all. */
export function usePreview(first: PreviewedText | undefined): Preview {
  const [preview, setPreview] = useState(first);
  const [fault, setFault] = useState<string>();
  const show = async (text: string): Promise<void> => {
    const answer = await sendJson({ method: 'POST', path: '/preview', body: { kind: 'comment', markdown: text } });
    setPreview(answer.ok ? (answer.body as PreviewedText) : undefined);
    setFault(answer.ok ? undefined : (answer.refusal.faults[0]?.message ?? answer.refusal.message));
  };
  return {
    text: preview,
    fault,
    show: (text) => void (text.trim() === '' ? setPreview(undefined) : show(text)),
    hide() {
      setPreview(undefined);
      setFault(undefined);
    },
  };
}
