import { type FormEvent, useState } from 'react';
import { Notice } from '../../components/Notice';
import { messages } from '../../messages';
import { CancelLink } from './CancelLink';
import type { Comment } from './comment';
import type { CommentTools } from './comment-tools';
import styles from './Comments.module.css';

/** Asks before one's own comment is deleted. */
export function DeleteForm({ comment, tools }: { comment: Comment; tools: CommentTools }) {
  const [refusal, setRefusal] = useState(tools.form.refusal);
  const [isSending, setSending] = useState(false);
  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    const refused = await tools.live.remove(comment);
    setSending(false);
    if (refused) setRefusal(refused);
    else tools.close('comments');
  };
  const question = `delete-${comment.id}`;
  return (
    <form
      className={styles.deleteForm}
      method="post"
      action={`${tools.action}/${encodeURIComponent(comment.id)}`}
      aria-labelledby={question}
      onSubmit={(event) => void remove(event)}
    >
      {refusal ? <Notice title={refusal.message} /> : null}
      <p id={question}>{messages.comments.deleteAsk}</p>
      <div className={styles.buttons}>
        <button
          {...{ type: 'submit', name: 'intent', value: 'delete', className: 'button', autoFocus: true }}
          data-danger
          disabled={isSending}
          // A key that is held down since it opened this must not answer it.
          onKeyDown={(event) => void (event.repeat && event.preventDefault())}
        >
          {messages.comments.deleteYes}
        </button>
        <CancelLink
          tools={tools}
          focus={`c-${comment.id}`}
          text={messages.comments.deleteNo}
          onCancel={() => tools.close(`c-${comment.id}`)}
        />
      </div>
    </form>
  );
}
