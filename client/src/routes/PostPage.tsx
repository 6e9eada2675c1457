import { Icon } from '../components/Icon';
import * as icons from '../components/icons';
import { StaleNote } from '../components/StaleNote';
import type { CommentsSectionProps } from '../features/comments/CommentsSection';
import { Article } from '../features/posts/Article';
import type { ReadablePost } from '../features/posts/post';
import { Island } from '../islands';
import { messages } from '../messages';
import styles from './PostPage.module.css';

export interface PostPageProps {
  post: ReadablePost;
  /** Just written: the read model doesn't have it yet. */
  isYoung: boolean;
  /** Set if nobody can tell what is so now, and this is how it was then. */
  asOf: Date | undefined;
  /** Whether whoever reads it is an author. */
  canEdit: boolean;
  comments: CommentsSectionProps;
}

export function PostPage({ post, isYoung, asOf, canEdit, comments }: PostPageProps) {
  return (
    <>
      <nav className={styles.back}>
        <a href="/" rel="up">
          <Icon of={icons.arrowLeft} /> {messages.post.back}
        </a>
        {canEdit ? (
          <a href={`/write/${encodeURIComponent(post.id)}`}>
            <Icon of={icons.pen} /> {messages.post.edit}
          </a>
        ) : null}
      </nav>
      <StaleNote asOf={asOf} />
      <Article post={post} isYoung={isYoung} />
      <Island name="CommentsSection" props={comments} />
    </>
  );
}
