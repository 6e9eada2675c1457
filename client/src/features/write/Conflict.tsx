import { useEffect, useRef, useState } from 'react';
import { Notice } from '../../components/Notice';
import { write } from '../../studio/words';
import { type StoredPost, type TypedPost, typedOf } from './posts';
import styles from './Conflict.module.css';

interface ConflictProps {
  mine: TypedPost;
  theirs: StoredPost;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

/** The lines of a text; marked where the other text has no such line. */
function Lines({ text, other }: { text: string; other: string }) {
  const known = new Set(other.split('\n'));
  return text.split('\n').map((line, index) => (
    // The lines of one text never change their order.
    <span key={index}>
      {known.has(line) ? line : <mark>{line}</mark>}
      {'\n'}
    </span>
  ));
}

/** The number of the first line in which two texts differ. */
function firstDifference(text: string, other: string): number {
  const [lines, others] = [text.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return at === -1 ? lines.length : at;
}

/** Each of the two shows the first difference, a little below its upper edge, where it is longer than its box. */
function useFirstDifference(text: string, other: string) {
  const box = useRef<HTMLPreElement>(null);
  // Found once: nothing is to jump while somebody reads, and changes theirs below.
  const [first] = useState(() => firstDifference(text, other));
  useEffect(() => {
    const line = box.current?.children[first] ?? box.current?.lastElementChild;
    if (!box.current || !line) return;
    const below = line.getBoundingClientRect().top - box.current.getBoundingClientRect().top;
    box.current.scrollTop += below - box.current.clientHeight / 4;
  }, [first]);
  return box;
}

function Version({ heading, typed, other }: { heading: string; typed: TypedPost; other: TypedPost }) {
  const box = useFirstDifference(typed.body, other.body);
  return (
    <section aria-label={heading}>
      <h3>{heading}</h3>
      <p className={styles.versionTitle}>
        <Lines text={typed.title} other={other.title} />
      </p>
      {typed.tags === '' ? null : (
        <p className={styles.versionTags}>
          {write.tags}: <Lines text={typed.tags} other={other.tags} />
        </p>
      )}
      <pre ref={box} tabIndex={0} aria-label={`${heading}: ${write.body}`} role="group">
        <Lines text={typed.body} other={other.body} />
      </pre>
    </section>
  );
}

/** Two have changed the same post: both versions beside each other, and nothing is lost before somebody chooses. */
export function Conflict({ mine, theirs, onKeepMine, onTakeTheirs }: ConflictProps) {
  const their = typedOf(theirs);
  return (
    <Notice title={write.conflict}>
      <p>{write.conflictNext}</p>
      <div className={styles.versions}>
        <Version heading={write.mine} typed={mine} other={their} />
        <Version heading={write.theirs} typed={their} other={mine} />
      </div>
      <div className={styles.actions}>
        <button className="button" type="button" onClick={onKeepMine}>
          {write.keepMine}
        </button>
        <button className="button" type="button" onClick={onTakeTheirs}>
          {write.takeTheirs}
        </button>
      </div>
    </Notice>
  );
}
