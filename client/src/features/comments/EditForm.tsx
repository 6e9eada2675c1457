import { type FormEvent, useEffect, useRef, useState } from 'react';
import { keepText } from '../../browser/kept-text';
import { sendOnCtrlEnter } from '../../browser/send-on-ctrl-enter';
import { TextArea } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { faultOf } from '../../faults';
import { messages } from '../../messages';
import type { Comment } from './comment';
import { CancelLink } from './CancelLink';
import type { CommentTools } from './comment-tools';
import styles from './Comments.module.css';
import { PreviewArea, PreviewButton } from './PreviewParts';
import { usePreview } from './use-preview';

interface EditFormProps {
  comment: Comment;
  tools: CommentTools;
}

function useEdit({ comment, tools }: EditFormProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [refusal, setRefusal] = useState(tools.form.refusal);
  const [isSending, setSending] = useState(false);
  const kept = keepText<string>(`edit:${comment.id}`);
  const textOf = () => area.current?.value ?? '';
  useEffect(() => {
    const text = keepText<string>(`edit:${comment.id}`).read();
    if (area.current && text !== undefined) area.current.value = text;
  }, [comment.id]);
  const leave = () => {
    kept.forget();
    tools.close(`c-${comment.id}`);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    if (textOf() === comment.content) return leave();
    setSending(true);
    const refused = await tools.live.change(comment, textOf());
    setSending(false);
    if (refused) setRefusal(refused);
    else leave();
  };
  return { area, refusal, isSending, textOf, leave, save, keep: () => kept.write(textOf()) };
}

/** Where one's own comment is changed, in its place. */
export function EditForm({ comment, tools }: EditFormProps) {
  const { area, refusal, isSending, textOf, leave, save, keep } = useEdit({ comment, tools });
  const preview = usePreview(tools.form.preview);
  const onInput = () => {
    keep();
    preview.hide();
  };
  return (
    <form
      className={styles.editForm}
      method="post"
      action={`${tools.action}/${encodeURIComponent(comment.id)}`}
      onSubmit={(event) => void save(event)}
      onInput={onInput}
      onKeyDown={sendOnCtrlEnter}
    >
      {refusal ? <Notice title={refusal.message} /> : null}
      <TextArea
        {...{ ref: area, id: 'edit-content', name: 'content', label: messages.comments.editLabel, rows: 4 }}
        {...{ maxLength: 10_000, required: true, autoFocus: true, hint: messages.comments.editHint }}
        fault={faultOf(refusal, 'content')}
        defaultValue={tools.form.typed.content || comment.content}
      />
      <PreviewArea preview={preview} />
      <div className={styles.buttons}>
        <button type="submit" name="intent" value="edit" className="button" data-primary disabled={isSending}>
          {isSending ? messages.comments.saving : messages.comments.save}
        </button>
        <PreviewButton preview={preview} textOf={textOf} />
        <CancelLink tools={tools} focus={`c-${comment.id}`} onCancel={leave} />
      </div>
    </form>
  );
}
