import { useState } from 'react';
import { sendJson } from '../../browser/send-json';

export interface Preview {
  /** What was typed, as it will look. */
  html: string | undefined;
  /** Why it can't be shown. */
  fault: string | undefined;
  show(text: string): void;
  hide(): void;
}

/** Asks the server to render what was typed, with the renderer that will render it for all. */
export function usePreview(first: string | undefined): Preview {
  const [html, setHtml] = useState(first);
  const [fault, setFault] = useState<string>();
  const show = async (text: string): Promise<void> => {
    const answer = await sendJson({ method: 'POST', path: '/preview', body: { kind: 'comment', markdown: text } });
    setHtml(answer.ok ? (answer.body as { html: string }).html : undefined);
    setFault(answer.ok ? undefined : (answer.refusal.faults[0]?.message ?? answer.refusal.message));
  };
  return {
    html,
    fault,
    show: (text) => void (text.trim() === '' ? setHtml(undefined) : show(text)),
    hide() {
      setHtml(undefined);
      setFault(undefined);
    },
  };
}
