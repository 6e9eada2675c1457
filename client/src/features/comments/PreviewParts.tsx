import { messages } from '../../messages';
import styles from './Comments.module.css';
import { CommentText } from './CommentText';
import type { Preview } from './use-preview';

/** Without JavaScript it sends the form, which comes back with the preview in it. */
export function PreviewButton({ preview, textOf }: { preview: Preview; textOf: () => string }) {
  return (
    <button
      type="submit"
      name="intent"
      value="preview"
      className="button"
      data-quiet
      onClick={(event) => {
        event.preventDefault();
        preview.show(textOf());
      }}
    >
      {messages.composer.preview}
    </button>
  );
}

/** What was typed, as it will look to others. */
export function PreviewArea({ preview: { text, fault } }: { preview: Preview }) {
  return (
    <div aria-live="polite" className={styles.previewPlace}>
      {text ? (
        <div className={styles.preview}>
          <p className={styles.previewTitle}>{messages.composer.previewTitle}</p>
          {text.note === undefined ? null : <p className={styles.previewNote}>{text.note}</p>}
          <CommentText html={text.html} content="" />
        </div>
      ) : null}
      {fault ? <p className={styles.fault}>{fault}</p> : null}
    </div>
  );
}
