import { StaleNote } from '../components/StaleNote';
import type { CommentsSectionProps } from '../features/comments/CommentsSection';
import { Island } from '../islands';
import { messages } from '../messages';
import styles from './EmbedPage.module.css';

export interface EmbedPageProps {
  title: string;
  blogName: string;
  /** Of the post itself, absolute. */
  address: string;
  comments: CommentsSectionProps;
  /** Set if nobody can tell what is so now, and this is how it was then. */
  asOf: Date | undefined;
}

/** A post's comments alone, to stand in a frame under another site's page. */
export function EmbedPage({ title, blogName, address, comments, asOf }: EmbedPageProps) {
  return (
    <main className={styles.embed}>
      <h1 className="visually-hidden">{messages.embed.title(title)}</h1>
      <StaleNote asOf={asOf} />
      <Island name="CommentsSection" props={comments} />
      <p className={styles.source}>
        <a href={address} target="_blank" rel="noopener">
          {messages.embed.source(blogName)}
        </a>
      </p>
    </main>
  );
}
