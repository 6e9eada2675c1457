import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { studio, write } from '../../studio/words';
import { PostEditor } from './PostEditor';
import { loadPost } from './posts';

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
  if (query.isError) {
    return (
      <Notice title={refusalOf(query.error).message}>
        <p>
          <a href="/write">{write.back}</a>
        </p>
      </Notice>
    );
  }
  if (id !== undefined && !query.data) return <p>{studio.loading}</p>;
  return <PostEditor key={id ?? 'new'} loaded={query.data} />;
}
