import { useQuery } from '@tanstack/react-query';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { studio } from '../../studio/words';
import { renderPreview } from './posts';

/** The text as it will look, rendered and sanitised by the server that publishes it. */
export function Preview({ markdown }: { markdown: string }) {
  const { data, error } = useQuery({
    queryKey: ['preview', markdown],
    queryFn: () => renderPreview(markdown),
    placeholderData: (previous: string | undefined) => previous,
  });
  if (error) return <Notice title={refusalOf(error).message} />;
  if (data === undefined) return <p>{studio.loading}</p>;
  return <div className="prose" dangerouslySetInnerHTML={{ __html: data }} />;
}
