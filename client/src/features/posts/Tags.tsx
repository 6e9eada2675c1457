import { messages } from '../../messages';
import { tagPath } from './tag-path';
import styles from './Tags.module.css';

/** Each leads to the posts that have it. */
export function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null;
  return (
    <ul className={styles.tags} aria-label={messages.post.tags}>
      {tags.map((tag) => (
        <li key={tag}>
          <a href={tagPath(tag)} rel="tag">
            {tag}
          </a>
        </li>
      ))}
    </ul>
  );
}
