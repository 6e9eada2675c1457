import styles from './Comments.module.css';

/** A comment's text: as HTML that was sanitised where it was rendered, or as it was typed where there is none (yet). */
export function CommentText({ html, content }: { html: string; content: string }) {
  if (html !== '') return <div className={styles.text} dangerouslySetInnerHTML={{ __html: html }} />;
  return <p className={`${styles.text} ${styles.plain}`}>{content}</p>;
}
