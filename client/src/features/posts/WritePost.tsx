import { sendOnCtrlEnter } from '../../browser/send-on-ctrl-enter';
import { TextArea, TextField } from '../../components/Field';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Notice } from '../../components/Notice';
import { faultOf, type Refusal } from '../../faults';
import { messages } from '../../messages';
import { type TypedPost, useWritePost, type WritePostProps } from './use-write-post';
import styles from './WritePost.module.css';

function Fields({ typed, refusal }: { typed: TypedPost; refusal: Refusal | undefined }) {
  return (
    <>
      <TextField
        id="post-title"
        name="title"
        label={messages.write.title}
        fault={faultOf(refusal, 'title')}
        defaultValue={typed.title}
        maxLength={300}
        autoComplete="off"
        required
      />
      <TextArea
        id="post-body"
        name="body"
        label={messages.write.body}
        hint={messages.write.bodyHint}
        fault={faultOf(refusal, 'body')}
        defaultValue={typed.body}
        rows={12}
        maxLength={200_000}
      />
    </>
  );
}

/** Where a post is written. Without JavaScript it is an ordinary form; with it, what was typed outlives every failure. */
export function WritePost(props: WritePostProps) {
  const { form, details, refusal, isSending, keep, submit } = useWritePost(props);
  return (
    <details className={styles.write} ref={details} open={props.refusal !== undefined} id="write">
      <summary>
        <Icon of={icons.pen} /> {messages.write.summary}
      </summary>
      <form ref={form} method="post" action="/posts" onSubmit={submit} onInput={keep} onKeyDown={sendOnCtrlEnter}>
        {refusal ? (
          <Notice title={`${messages.write.failed} ${refusal.message}`}>
            {refusal.faults.length === 0 ? <p>{messages.write.kept}</p> : null}
          </Notice>
        ) : null}
        <input type="hidden" name="key" value={props.postKey} />
        <Fields typed={props.typed} refusal={refusal} />
        <button type="submit" className="button" data-primary disabled={isSending}>
          {isSending ? messages.write.sending : messages.write.submit}
        </button>
      </form>
    </details>
  );
}
