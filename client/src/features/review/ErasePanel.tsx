import { useState } from 'react';
import { ConfirmDialog } from '../../studio/ConfirmDialog';
import { erasing as words } from '../../studio/words';
import styles from './CardFoot.module.css';
import type { ErasedOf } from './queue';

const choices: readonly ErasedOf[] = ['comment', 'author'];

/** What erasing means, and the ways to do it, each of which asks first. */
export function ErasePanel({ author, onErase }: { author: string; onErase: (of: ErasedOf) => void }) {
  const [asked, ask] = useState<ErasedOf>();
  const answer = (isYes: boolean): void => {
    ask(undefined);
    if (isYes && asked) onErase(asked);
  };
  return (
    <div className={styles.panel}>
      <p>{words.explained}</p>
      <div className={styles.row}>
        {choices.map((of) => (
          <button key={of} className="button" data-danger type="button" onClick={() => ask(of)}>
            {words.choices[of]}
          </button>
        ))}
      </div>
      {asked === undefined ? null : (
        <ConfirmDialog
          title={words.titles[asked]}
          text={words.asks[asked](author)}
          yes={words.yes}
          no={words.no}
          onAnswer={answer}
        />
      )}
    </div>
  );
}
