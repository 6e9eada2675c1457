import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { messages } from '../../messages';
import type { Outgoing } from './comment';
import styles from './Comments.module.css';
import { CommentText } from './CommentText';

interface OutgoingItemProps {
  outgoing: Outgoing;
  onRetry: (outgoing: Outgoing) => void;
  onEdit: (outgoing: Outgoing) => void;
}

/** A comment on its way: in its place at once, dimmed; if it fails, its text stays and can be sent again. */
export function OutgoingItem({ outgoing, onRetry, onEdit }: OutgoingItemProps) {
  const { author, content, state, message } = outgoing;
  return (
    <>
      <div className={styles.meta}>
        <span className={styles.author}>{author || messages.comments.anonymous}</span>
        <span className={styles.you}>{messages.comments.you}</span>
      </div>
      <CommentText html="" content={content} />
      <p className={styles.state} data-status={state}>
        <Icon of={state === 'failed' ? icons.warning : icons.sending} />
        {[messages.comments.states[state], message].filter(Boolean).join(': ')}
      </p>
      {state === 'failed' ? (
        <p className={styles.buttons}>
          <button
            type="button"
            className="button"
            onClick={(event) => {
              // The button goes away; the focus stays at the comment.
              event.currentTarget.closest('article')?.focus();
              onRetry(outgoing);
            }}
          >
            {messages.comments.retry}
          </button>
          <button type="button" className="button" data-quiet onClick={() => onEdit(outgoing)}>
            {messages.comments.edit}
          </button>
        </p>
      ) : null}
    </>
  );
}
