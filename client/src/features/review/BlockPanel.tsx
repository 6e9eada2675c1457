import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { blocklist as words, review } from '../../studio/words';
import { block, type Blocked, lift } from './blocklist';
import styles from './CardFoot.module.css';
import { useBlocklistChange } from './use-blocklist';

interface BlockPanelProps {
  authorId: string;
  blocked: Blocked | undefined;
  onDone: () => void;
}

/** What blocking means, and the ways to do it; or to lift it. */
export function BlockPanel({ authorId, blocked, onDone }: BlockPanelProps) {
  const { change, isBusy, fault } = useBlocklistChange(onDone);
  const choices: [text: string, act: () => Promise<void>][] = blocked
    ? [[words.lift, () => lift({ authorId })]]
    : [
        [words.rejectAll, () => block(authorId, 'reject')],
        [words.holdAll, () => block(authorId, 'hold')],
      ];
  return (
    <div className={styles.panel}>
      <p>
        {blocked ? (
          <>
            {words.author} {words.means[blocked.action]} {review.by(blocked.by)}
          </>
        ) : (
          words.explained
        )}
      </p>
      <div className={styles.row}>
        {choices.map(([text, act]) => (
          <button key={text} className="button" type="button" disabled={isBusy} onClick={() => change(act)}>
            {text}
          </button>
        ))}
      </div>
      {fault === undefined ? null : (
        <p className={styles.fault} role="alert">
          <Icon of={icons.warning} /> {fault}
        </p>
      )}
    </div>
  );
}
