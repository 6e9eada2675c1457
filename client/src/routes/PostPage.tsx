import { Icon } from '../components/Icon';
import * as icons from '../components/icons';
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
  /** Whether whoever reads it is an author. */
  canEdit: boolean;
  comments: CommentsSectionProps;
}

export function PostPage({ post, isYoung, canEdit, comments }: PostPageProps) {
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
      <Article post={post} isYoung={isYoung} />
      <Island name="CommentsSection" props={comments} />
    </>
  );
}
