import type { FormEvent } from 'react';
import { sendOnCtrlEnter } from '../../browser/send-on-ctrl-enter';
import { TextArea, TextField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { faultOf, type Refusal } from '../../faults';
import { messages } from '../../messages';
import styles from './Comments.module.css';
import type { Draft, TypedComment } from './use-draft';

/** The form as the server gives it: empty, or with what was typed and why it was refused. */
export interface ComposerForm {
  typed: TypedComment;
  refusal?: Refusal;
  /** Names the request, for a service that tells a repetition from a second comment by it. Ours doesn't yet. */
  key: string;
}

interface ComposerProps {
  postId: string;
  form: ComposerForm;
  draft: Draft;
  onSend: (typed: TypedComment) => void;
}

function Fields({ form: { typed, refusal }, draft }: Pick<ComposerProps, 'form' | 'draft'>) {
  return (
    <>
      <TextArea
        ref={draft.content}
        id="comment-content"
        name="content"
        label={messages.composer.content}
        hint={messages.composer.hint}
        fault={faultOf(refusal, 'content')}
        defaultValue={typed.content}
        rows={5}
        maxLength={10_000}
        required
      />
      <div className={styles.composerEnd}>
        <TextField
          ref={draft.author}
          id="comment-author"
          name="author"
          label={messages.composer.author}
          note={messages.composer.optional}
          fault={faultOf(refusal, 'author')}
          defaultValue={typed.author}
          maxLength={80}
          autoComplete="nickname"
        />
        <button type="submit" className="button" data-primary>
          {messages.composer.submit}
        </button>
      </div>
    </>
  );
}

/** Where a comment is typed. Without JavaScript it is an ordinary form; with it, nothing typed is lost on the way. */
export function Composer({ postId, form, draft, onSend }: ComposerProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const typed = draft.take();
    if (typed) onSend(typed);
    else draft.content.current?.focus();
  }
  return (
    <form
      className={styles.composer}
      id="composer"
      method="post"
      action={`/posts/${encodeURIComponent(postId)}/comments`}
      onSubmit={submit}
      onInput={draft.keep}
      onKeyDown={sendOnCtrlEnter}
    >
      <h3 className={styles.composerHeading}>{messages.composer.heading}</h3>
      {form.refusal ? <Notice title={form.refusal.message} /> : null}
      <input type="hidden" name="key" value={form.key} />
      <Fields form={form} draft={draft} />
    </form>
  );
}
