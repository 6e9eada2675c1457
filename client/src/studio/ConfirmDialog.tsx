import { useId, useLayoutEffect, useRef } from 'react';
import styles from './ConfirmDialog.module.css';

interface ConfirmDialogProps {
  title: string;
  /** What will happen. */
  text: string;
  yes: string;
  no: string;
  onAnswer: (isYes: boolean) => void;
}

/** Asks before something goes for good. Escape keeps it, and so does Enter at once. */
export function ConfirmDialog({ title, text, yes, no, onAnswer }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Closed before it goes, so that the focus is back where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={heading} onCancel={() => onAnswer(false)}>
      <h2 id={heading}>{title}</h2>
      <p>{text}</p>
      <div className={styles.actions}>
        <button className="button" type="button" onClick={() => onAnswer(false)}>
          {no}
        </button>
        <button className="button" data-danger type="button" onClick={() => onAnswer(true)}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
