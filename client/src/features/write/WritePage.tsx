import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { studio } from '../../studio/words';
import { Drafts } from './Drafts';
import { PostEditor } from './PostEditor';
import { loadPost } from './posts';
import styles from './WritePage.module.css';

/** `/write` begins a post, `/write/:id` changes one. */
export function WritePage() {
  const { id } = useParams();
  const query = useQuery({
    queryKey: ['post', id],
    queryFn: () => loadPost(id ?? ''),
    enabled: id !== undefined,
    // The form goes on from what it has loaded; a conflict is found when it is saved.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (query.isError) return <Notice title={refusalOf(query.error).message} />;
  if (id !== undefined && !query.data) return <p>{studio.loading}</p>;
  return (
    <div className={styles.page}>
      <PostEditor key={id ?? 'new'} loaded={query.data} />
      {id === undefined ? <Drafts /> : null}
    </div>
  );
}
