import { type FormEvent, useRef, useState } from 'react';
import { TextField } from '../../components/Field';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Time } from '../../components/Time';
import { erasing, review } from '../../studio/words';
import { BlockPanel } from './BlockPanel';
import type { Blocked } from './blocklist';
import styles from './CardFoot.module.css';
import { ErasePanel } from './ErasePanel';
import type { Decision, ErasedOf, QueueItem } from './queue';

const focus = (field: HTMLElement | null): void => field?.focus();

function Reason({ id, onReject }: { id: string; onReject: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onReject(reason.trim());
  };
  return (
    <form className={styles.reason} onSubmit={submit}>
      <TextField
        {...{
          id: `reason-${id}`,
          label: review.reason,
          value: reason,
          maxLength: 1_000,
          required: true,
          pattern: '.*\\S.*',
        }}
        ref={focus}
        onChange={(event) => setReason(event.target.value)}
      />
      <button className="button" type="submit">
        <Icon of={icons.cross} /> {review.rejectSo}
      </button>
    </form>
  );
}

function History({ item }: { item: QueueItem }) {
  return (
    <ol className={styles.history}>
      {item.history.map(({ revision, status, by, reason, decidedAt }) => (
        <li key={revision}>
          {review.tabs[status]} {review.by(by)} <Time at={decidedAt} /> {reason}
        </li>
      ))}
    </ol>
  );
}

interface CardFootProps {
  item: QueueItem;
  blocked: Blocked | undefined;
  onDecide: (decision: Decision, reason?: string) => void;
  onErase: (of: ErasedOf) => void;
}

type Panel = 'reason' | 'block' | 'history' | 'erase';

/** What is seldom needed opens below the buttons, one at a time, so that none of them moves. */
function usePanel() {
  const [opened, open] = useState<Panel>();
  const toggles = useRef<Partial<Record<Panel, HTMLButtonElement | null>>>({});
  const toggle = (panel: Panel, text: string) => (
    <button
      ref={(button) => void (toggles.current[panel] = button)}
      className={styles.toggle}
      type="button"
      aria-expanded={opened === panel}
      onClick={() => open(opened === panel ? undefined : panel)}
    >
      {text}
    </button>
  );
  function close(panel: Panel): void {
    open(undefined);
    toggles.current[panel]?.focus();
  }
  return { opened, toggle, close };
}

/** What would change something. What is pending or flagged waits for either. */
export function CardFoot({ item, blocked, onDecide, onErase }: CardFootProps) {
  const { id, status, authorId } = item;
  const { opened, toggle, close } = usePanel();
  return (
    <footer className={styles.foot}>
      <div className={styles.row}>
        {status === 'approved' ? null : (
          <button className="button" data-primary type="button" onClick={() => onDecide('approved')}>
            <Icon of={icons.check} /> {review.approve}
          </button>
        )}
        {status === 'rejected' ? null : (
          <button className="button" type="button" onClick={() => onDecide('rejected')}>
            <Icon of={icons.cross} /> {review.reject}
          </button>
        )}
        <div className={styles.toggles}>
          {toggle('reason', review.giveReason)}
          {authorId === undefined ? null : toggle('block', blocked ? review.blocked : review.block)}
          {toggle('history', review.history)}
          {toggle('erase', erasing.erase)}
        </div>
      </div>
      {opened === 'reason' ? <Reason id={id} onReject={(reason) => onDecide('rejected', reason)} /> : null}
      {opened === 'block' && authorId !== undefined ? (
        <BlockPanel authorId={authorId} blocked={blocked} onDone={() => close('block')} />
      ) : null}
      {opened === 'history' ? <History item={item} /> : null}
      {opened === 'erase' ? <ErasePanel author={item.author || review.anonymous} onErase={onErase} /> : null}
    </footer>
  );
}
