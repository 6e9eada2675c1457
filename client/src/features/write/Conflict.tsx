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

function Version({ heading, typed, other }: { heading: string; typed: TypedPost; other: TypedPost }) {
  return (
    <section aria-label={heading}>
      <h3>{heading}</h3>
      <p className={styles.versionTitle}>
        <Lines text={typed.title} other={other.title} />
      </p>
      <p className={styles.versionTags}>
        {write.tags}: <Lines text={typed.tags} other={other.tags} />
      </p>
      <pre tabIndex={0} aria-label={`${heading}: ${write.body}`} role="group">
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
