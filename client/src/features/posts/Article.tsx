import { Time } from '../../components/Time';
import { messages } from '../../messages';
import styles from './Article.module.css';
import type { ReadablePost } from './post';
import { Tags } from './Tags';

/** What may be wider than the page scrolls, by the keyboard too. */
const withReachableScrolling = (html: string): string => html.replace(/<(pre|table)>/g, '<$1 tabindex="0">');

/** The article itself. Its HTML was sanitised where the Markdown was rendered. */
export function Article({ post, isYoung }: { post: ReadablePost; isYoung: boolean }) {
  return (
    <article className={styles.article}>
      <header className={styles.header}>
        <h1>{post.title}</h1>
        <div className={styles.meta}>
          {post.createdAt ? <Time at={post.createdAt} /> : null}
          <Tags tags={post.tags} />
        </div>
        {isYoung ? (
          <p className={styles.young} role="status">
            {messages.post.young}
          </p>
        ) : null}
      </header>
      <div className="prose" dangerouslySetInnerHTML={{ __html: withReachableScrolling(post.html) }} />
    </article>
  );
}
