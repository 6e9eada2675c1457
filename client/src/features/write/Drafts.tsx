import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Time } from '../../components/Time';
import { write } from '../../studio/words';
import { loadDrafts } from './posts';
import styles from './WritePage.module.css';

/** What was begun and is not published yet, newest first. */
export function Drafts() {
  const { data } = useQuery({ queryKey: ['drafts'], queryFn: loadDrafts });
  if (!data) return null;
  return (
    <section className={styles.drafts} aria-labelledby="drafts">
      <h2 id="drafts">{write.drafts}</h2>
      {data.length === 0 ? <p className={styles.hint}>{write.noDrafts}</p> : null}
      <ul>
        {data.map(({ id, title, updatedAt }) => (
          <li key={id}>
            <Link to={`/write/${encodeURIComponent(id)}`}>
              <Icon of={icons.pen} /> {title || write.untitled}
            </Link>
            <Time at={updatedAt} />
          </li>
        ))}
      </ul>
    </section>
  );
}
