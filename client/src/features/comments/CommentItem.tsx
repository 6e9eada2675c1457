import { Icon, type IconName } from '../../components/Icon';
import { Time } from '../../components/Time';
import { messages } from '../../messages';
import type { Comment } from './comment';
import styles from './Comments.module.css';

const icons: Record<Comment['status'], IconName> = { pending: 'clock', approved: 'check', rejected: 'cross' };

/** One comment. Its author sees its state beside it; once approved, the word fades away. */
export function CommentItem({ comment, wasJudgedHere }: { comment: Comment; wasJudgedHere: boolean }) {
  const { id, author, content, status, createdAt, own, reason } = comment;
  const name = author || messages.comments.anonymous;
  const showsState = own && (status !== 'approved' || wasJudgedHere);
  return (
    <li className={styles.comment} id={`c-${id}`} tabIndex={-1} data-status={own ? status : undefined}>
      <div className={styles.meta}>
        <span className={styles.author}>{name}</span>
        {own ? <span className={styles.you}>{messages.comments.you}</span> : null}
        <a className={styles.permalink} href={`#c-${id}`} aria-label={messages.comments.permalink(name)}>
          <Time at={createdAt} />
        </a>
      </div>
      <p className={styles.content}>{content}</p>
      {showsState ? (
        <p className={styles.state} data-status={status}>
          <Icon name={icons[status]} />
          {messages.comments.states[status]}
        </p>
      ) : null}
      {own && status === 'rejected' && reason ? (
        <p className={styles.reason}>{messages.comments.reason(reason)}</p>
      ) : null}
    </li>
  );
}
