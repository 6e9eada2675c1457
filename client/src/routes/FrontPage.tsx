import { Icon } from '../components/Icon';
import { Notice } from '../components/Notice';
import type { ListedPost } from '../features/posts/post';
import { PostList } from '../features/posts/PostList';
import type { WritePostProps } from '../features/posts/use-write-post';
import { Island } from '../islands';
import { messages } from '../messages';
import styles from './FrontPage.module.css';

export interface FrontPageProps {
  /** Newest first; undefined while the read model is away. */
  posts: ListedPost[] | undefined;
  /** Where the older posts are. */
  older?: string;
  /** Whether these are the newest posts, not older ones. */
  isNewest: boolean;
  /** The position in the live stream up to which the list is complete. */
  position?: string;
  form: WritePostProps;
}

function Posts({ posts, isNewest }: Pick<FrontPageProps, 'posts' | 'isNewest'>) {
  if (posts === undefined) {
    return (
      <Notice title={messages.front.away}>
        <p>{messages.front.awayNext}</p>
        <p>
          <a href="/">{messages.front.tryAgain}</a>
        </p>
      </Notice>
    );
  }
  if (posts.length === 0) {
    return (
      <div className={styles.empty}>
        <p>{messages.front.empty}</p>
        {isNewest ? <p>{messages.front.emptyNext}</p> : null}
      </div>
    );
  }
  return <PostList posts={posts} />;
}

export function FrontPage({ posts, older, isNewest, position, form }: FrontPageProps) {
  return (
    <>
      {isNewest ? (
        <header className={styles.intro}>
          <h1>{messages.site.name}</h1>
          <p>{messages.site.tagline}</p>
          <Island name="WritePost" props={form} />
        </header>
      ) : null}
      <div className={styles.head}>
        {isNewest ? <h2>{messages.front.heading}</h2> : <h1>{messages.front.olderHeading}</h1>}
        {isNewest && posts ? (
          <Island
            name="NewPostsPill"
            props={{ known: posts.map(({ id }) => id), newest: posts[0]?.createdAt ?? '', position }}
          />
        ) : null}
      </div>
      <Posts posts={posts} isNewest={isNewest} />
      {older || !isNewest ? (
        <nav className={styles.pages} aria-label={messages.front.older}>
          {isNewest ? null : (
            <a href="/">
              <Icon name="arrowLeft" /> {messages.front.newest}
            </a>
          )}
          {older ? (
            <a href={older} rel="next">
              {messages.front.older} <Icon name="arrowRight" />
            </a>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
