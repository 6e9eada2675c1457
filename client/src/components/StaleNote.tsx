import { formatExactly } from '../time';
import { stale } from '../words/stale';
import styles from './StaleNote.module.css';

/** Says that a page is an older one, and from when. */
export function StaleNote({ asOf }: { asOf: Date | undefined }) {
  if (!asOf) return null;
  const at = asOf.toISOString();
  return (
    <p className={styles.note} role="status">
      <strong>{stale.title}</strong> {stale.updated} <time dateTime={at}>{formatExactly(at)}</time>. {stale.next}
    </p>
  );
}
