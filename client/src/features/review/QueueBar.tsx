import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { useEffect } from 'react';
import { review } from '../../studio/words';
import styles from './Queue.module.css';
import type { Review } from './use-review';

/** At the window's lower edge: what can be done with all that are selected, or with what was done last. */
export function QueueBar({ selection, chosen, decide, decisions, undo, place: { here, keepClear } }: Review) {
  const isShown = selection.size > 0 || decisions.last !== undefined;
  const state = decisions.states.get(here ?? '');
  // When the bar comes, and when the current card is another or grows.
  useEffect(keepClear, [keepClear, isShown, state]);
  if (selection.size > 0) {
    const text = review.selected(selection.size);
    return (
      <div className={styles.bar} role="group" aria-label={text}>
        <strong>{text}</strong>
        <button className="button" data-primary type="button" onClick={() => decide(chosen(), 'approved')}>
          <Icon of={icons.check} /> {review.approve}
        </button>
        <button className="button" type="button" onClick={() => decide(chosen(), 'rejected')}>
          <Icon of={icons.cross} /> {review.reject}
        </button>
        <button className="button" data-quiet type="button" onClick={selection.clear}>
          {review.clear}
        </button>
      </div>
    );
  }
  const { last } = decisions;
  if (!last) return null;
  const text = review.done(last.count, review.decided[last.decision]);
  return (
    <div className={styles.bar} data-decision={last.decision} role="group" aria-label={text}>
      <Icon of={last.decision === 'approved' ? icons.check : icons.cross} />
      <strong>{text}</strong>
      <button className="button" type="button" disabled={decisions.isBusy} onClick={() => void undo()}>
        {review.undo} <kbd>u</kbd>
      </button>
    </div>
  );
}
