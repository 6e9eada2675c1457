import { useLayoutEffect, useRef } from 'react';
import { write } from '../../studio/words';
import styles from './DeleteDialog.module.css';

interface DeleteDialogProps {
  title: string;
  onAnswer: (isYes: boolean) => void;
}

/** Asks before a post goes for good. Escape keeps it, and so does Enter at once. */
export function DeleteDialog({ title, onAnswer }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed before it goes, so that the focus is back where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="delete-ask" onCancel={() => onAnswer(false)}>
      <h2 id="delete-ask">{write.removeTitle}</h2>
      <p>{write.removeAsk(title)}</p>
      <div className={styles.actions}>
        <button className="button" type="button" onClick={() => onAnswer(false)}>
          {write.removeNo}
        </button>
        <button className="button" data-danger type="button" onClick={() => onAnswer(true)}>
          {write.removeYes}
        </button>
      </div>
    </dialog>
  );
}
