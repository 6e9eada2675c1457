import { type FormEvent, type RefObject, useRef } from 'react';
import { sendOnCtrlEnter } from '../../browser/send-on-ctrl-enter';
import { TextArea, TextField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { faultOf } from '../../faults';
import { messages } from '../../messages';
import { CancelLink } from './CancelLink';
import type { CommentForm, CommentTools } from './comment-tools';
import styles from './Comments.module.css';
import { PreviewArea, PreviewButton } from './PreviewParts';
import type { Draft } from './use-draft';
import { usePreview } from './use-preview';

interface ComposerProps {
  tools: CommentTools;
  draft: Draft;
  /** The comment that is answered; undefined where it is the post. */
  replyTo?: { id: string; author: string };
}

interface FieldsProps {
  form: CommentForm;
  draft: Draft;
  isReply: boolean;
}

function ContentField({ form: { typed, refusal }, draft, isReply }: FieldsProps) {
  return (
    <TextArea
      {...{
        ref: draft.content,
        id: `${isReply ? 'reply' : 'comment'}-content`,
        name: 'content',
        rows: isReply ? 4 : 5,
        maxLength: 10_000,
      }}
      {...{ required: true, autoFocus: isReply, label: messages.composer.content, hint: messages.composer.hint }}
      fault={faultOf(refusal, 'content')}
      defaultValue={typed.content}
    />
  );
}

function AuthorField({ form: { typed, refusal }, draft, isReply }: FieldsProps) {
  return (
    <TextField
      {...{ ref: draft.author, id: `${isReply ? 'reply' : 'comment'}-author`, name: 'author', maxLength: 80 }}
      autoComplete="nickname"
      label={messages.composer.author}
      note={messages.composer.optional}
      fault={faultOf(refusal, 'author')}
      defaultValue={typed.author}
    />
  );
}

/** A field that people neither see, hear nor reach: whoever fills it in is a program. */
function Trap({ id, field }: { id: string; field: RefObject<HTMLInputElement | null> }) {
  return (
    <div className={styles.trap} aria-hidden="true">
      <label htmlFor={id}>{messages.composer.trap}</label>
      <input ref={field} id={id} name="website" type="text" tabIndex={-1} autoComplete="off" />
    </div>
  );
}

function Hidden({ form, replyTo }: Pick<ComposerProps, 'replyTo'> & { form: CommentForm }) {
  return (
    <>
      <input type="hidden" name="key" value={form.key} />
      {replyTo ? <input type="hidden" name="parentId" value={replyTo.id} /> : null}
    </>
  );
}

/** Takes what was typed out of the fields and sends it; the focus stays where somebody can go on. */
function useSubmit({ tools, draft, replyTo }: ComposerProps, trap: RefObject<HTMLInputElement | null>) {
  return (event: FormEvent): void => {
    event.preventDefault();
    const typed = draft.take();
    if (!typed) return draft.content.current?.focus();
    const website = trap.current?.value;
    const key = tools.live.send({
      ...typed,
      ...(replyTo ? { parentId: replyTo.id } : {}),
      ...(website ? { website } : {}),
    });
    if (replyTo) tools.close(`o-${key}`);
  };
}

/** Where a comment is typed. Without JavaScript it is an ordinary form; with it, nothing typed is lost on the way. */
export function Composer({ tools, draft, replyTo }: ComposerProps) {
  const trap = useRef<HTMLInputElement>(null);
  const preview = usePreview(tools.form.preview);
  const send = useSubmit({ tools, draft, replyTo }, trap);
  const { form } = tools;
  const fields = { form, draft, isReply: replyTo !== undefined };
  const submit = (event: FormEvent) => {
    preview.hide();
    send(event);
  };
  const onInput = () => {
    draft.keep();
    preview.hide();
  };
  return (
    <form
      {...{ className: styles.composer, id: replyTo ? 'reply' : 'composer', method: 'post', action: tools.action }}
      {...{ onSubmit: submit, onInput, onKeyDown: sendOnCtrlEnter }}
      data-reply={replyTo ? '' : undefined}
    >
      <h3 className={styles.composerHeading}>
        {replyTo ? messages.composer.replyTo(replyTo.author || messages.comments.anonymous) : messages.composer.heading}
      </h3>
      {form.refusal ? <Notice title={form.refusal.message} /> : null}
      <Hidden form={form} replyTo={replyTo} />
      <ContentField {...fields} />
      <PreviewArea preview={preview} />
      <Trap id={replyTo ? 'reply-website' : 'comment-website'} field={trap} />
      <div className={styles.composerEnd}>
        <AuthorField {...fields} />
        <div className={styles.buttons}>
          {/* The first button is the one that Enter presses. */}
          <button type="submit" className="button" data-primary>
            {messages.composer.submit}
          </button>
          <PreviewButton preview={preview} textOf={() => draft.content.current?.value ?? ''} />
          {replyTo ? (
            <CancelLink tools={tools} focus={`c-${replyTo.id}`} onCancel={() => tools.close(`c-${replyTo.id}`)} />
          ) : null}
        </div>
      </div>
    </form>
  );
}
