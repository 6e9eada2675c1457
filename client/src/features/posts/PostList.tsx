import { Time } from '../../components/Time';
import { messages } from '../../messages';
import { postPath } from '@blog/contract/address';
import { markWords } from './mark-words';
import type { ListedPost } from './post';
import styles from './PostList.module.css';
import { Tags } from './Tags';

function Excerpt({ post: { excerpt, excerptHtml }, q }: { post: ListedPost; q: string | undefined }) {
  if (excerptHtml) return <p className={styles.excerpt} dangerouslySetInnerHTML={{ __html: excerptHtml }} />;
  return excerpt ? <p className={styles.excerpt}>{markWords(excerpt, q)}</p> : null;
}

function Entry({ post, q }: { post: ListedPost; q: string | undefined }) {
  const { title, tags, createdAt, commentCount } = post;
  const path = postPath(post);
  return (
    <li className={styles.entry}>
      <article>
        <p className={styles.date}>{createdAt ? <Time at={createdAt} /> : null}</p>
        <h2 className={styles.title}>
          <a href={path} data-step="">
            {markWords(title, q)}
          </a>
        </h2>
        <Excerpt post={post} q={q} />
        <div className={styles.foot}>
          {commentCount === undefined ? null : (
            <a className={styles.count} href={`${path}#comments`}>
              {commentCount === 0 ? messages.front.noComments : messages.front.comments(commentCount)}
            </a>
          )}
          <Tags tags={tags} />
        </div>
      </article>
    </li>
  );
}

/** The posts of one page, newest first; the words that were searched for are marked. */
export function PostList({ posts, q }: { posts: ListedPost[]; q?: string | undefined }) {
  return (
    <ol className={styles.list}>
      {posts.map((post) => (
        <Entry key={post.id} post={post} q={q} />
      ))}
    </ol>
  );
}
