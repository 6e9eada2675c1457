import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Notice } from '../../components/Notice';
import { refusalOf } from '../../studio/request';
import { studio, write } from '../../studio/words';
import { type PreviewedPost, renderPreview, type TypedPost } from './posts';
import styles from './WritePage.module.css';

/** So long nothing must be typed before it is rendered anew. */
const quietMs = 400;

function useQuiet(text: string): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), quietMs);
    return () => clearTimeout(timer);
  }, [text]);
  return quiet;
}

/** The post as it will look, rendered and sanitised by the server that publishes it. */
export function Preview({ typed: { title, body } }: { typed: TypedPost }) {
  const markdown = useQuiet(body);
  const { data, error } = useQuery({
    queryKey: ['preview', markdown],
    queryFn: () => renderPreview(markdown),
    placeholderData: (previous: PreviewedPost | undefined) => previous,
    enabled: markdown.trim() !== '',
    retry: false,
  });
  const isEmpty = title.trim() === '' && body.trim() === '';
  return (
    <section className={styles.preview} aria-label={write.preview} tabIndex={0}>
      {isEmpty ? <p className={styles.hint}>{write.previewEmpty}</p> : null}
      {title.trim() === '' ? null : <p className={styles.previewTitle}>{title}</p>}
      {error ? <Notice title={refusalOf(error).message} /> : null}
      {body.trim() === '' ? null : data === undefined ? (
        error ? null : (
          <p>{studio.loading}</p>
        )
      ) : (
        <>
          {data.note === undefined ? null : <p className={styles.hint}>{data.note}</p>}
          <div className="prose" dangerouslySetInnerHTML={{ __html: data.html }} />
        </>
      )}
    </section>
  );
}
