import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Time } from '../../components/Time';
import { write } from '../../studio/words';
import { loadDrafts } from './posts';
import styles from './WritePage.module.css';

/** What was begun and is not published yet, newest first. */
export function Drafts() {
  const { data } = useQuery({ queryKey: ['drafts'], queryFn: loadDrafts });
  if (!data) return null;
  return (
    <section className={styles.drafts}>
      <h2>{write.drafts}</h2>
      {data.length === 0 ? <p>{write.noDrafts}</p> : null}
      <ul>
        {data.map(({ id, title, updatedAt }) => (
          <li key={id}>
            <Link to={`/write/${encodeURIComponent(id)}`}>{title || write.untitled}</Link> <Time at={updatedAt} />
          </li>
        ))}
      </ul>
    </section>
  );
}
