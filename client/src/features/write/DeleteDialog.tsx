import { useEffect, useRef } from 'react';
import { write } from '../../studio/words';
import styles from './WritePage.module.css';

interface DeleteDialogProps {
  title: string;
  onAnswer: (isYes: boolean) => void;
}

/** Asks before a post goes for good. Escape keeps it. */
export function DeleteDialog({ title, onAnswer }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="delete-ask" onCancel={() => onAnswer(false)}>
      <p id="delete-ask">{write.removeAsk(title)}</p>
      <div className={styles.actions}>
        <button className="button" type="button" onClick={() => onAnswer(false)}>
          {write.removeNo}
        </button>
        <button className="button" data-primary type="button" onClick={() => onAnswer(true)}>
          {write.removeYes}
        </button>
      </div>
    </dialog>
  );
}
