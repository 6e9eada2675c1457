import { Notice } from '../../components/Notice';
import { write } from '../../studio/words';
import { type StoredPost, type TypedPost, typedOf } from './posts';
import styles from './WritePage.module.css';

interface ConflictProps {
  mine: TypedPost;
  theirs: StoredPost;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

function Version({ heading, typed }: { heading: string; typed: TypedPost }) {
  return (
    <section>
      <h3>{heading}</h3>
      <p>
        <strong>{typed.title}</strong>
      </p>
      <p>{typed.tags}</p>
      <pre tabIndex={0}>{typed.body}</pre>
    </section>
  );
}

/** Two have changed the same post: both versions beside each other, and nothing is lost before somebody chooses. */
export function Conflict({ mine, theirs, onKeepMine, onTakeTheirs }: ConflictProps) {
  return (
    <Notice title={write.conflict}>
      <div className={styles.versions}>
        <Version heading={write.mine} typed={mine} />
        <Version heading={write.theirs} typed={typedOf(theirs)} />
      </div>
      <div className={styles.actions}>
        <button className="button" data-primary type="button" onClick={onKeepMine}>
          {write.keepMine}
        </button>
        <button className="button" type="button" onClick={onTakeTheirs}>
          {write.takeTheirs}
        </button>
      </div>
    </Notice>
  );
}
