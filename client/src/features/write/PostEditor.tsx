import { postPath } from '@blog/contract/address';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { TextArea, TextField } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { faultOf } from '../../faults';
import { write } from '../../studio/words';
import { formatRelative } from '../../time';
import { Conflict } from './Conflict';
import { DeleteDialog } from './DeleteDialog';
import type { StoredPost } from './posts';
import { Preview } from './Preview';
import { type Editor, useEditor } from './use-editor';
import styles from './WritePage.module.css';

function headingOf(stored: StoredPost | undefined): string {
  if (!stored) return write.newPost;
  return stored.draft ? write.editDraft : write.editPost;
}

function Fields({ editor }: { editor: Editor }) {
  const { typed, type, refusal } = editor;
  const [showsPreview, setShowsPreview] = useState(false);
  return (
    <>
      <TextField
        {...{ id: 'write-title', label: write.title, value: typed.title, maxLength: 300, required: true }}
        fault={faultOf(refusal, 'title')}
        onChange={(event) => type({ title: event.target.value })}
      />
      <div className={styles.modes} role="group" aria-label={write.body}>
        {[false, true].map((preview) => (
          <button
            key={String(preview)}
            className="button"
            data-quiet
            type="button"
            aria-pressed={showsPreview === preview}
            onClick={() => setShowsPreview(preview)}
          >
            {preview ? write.preview : write.text}
          </button>
        ))}
      </div>
      {showsPreview ? (
        <Preview markdown={typed.body} />
      ) : (
        <TextArea
          {...{ id: 'write-body', label: write.body, note: write.bodyHint, value: typed.body, rows: 18 }}
          {...{ maxLength: 200_000, fault: faultOf(refusal, 'body') }}
          onChange={(event) => type({ body: event.target.value })}
        />
      )}
      <TextField
        {...{ id: 'write-tags', label: write.tags, value: typed.tags, hint: write.tagsHint }}
        fault={refusal?.faults.find(({ path }) => path.startsWith('tags'))?.message}
        onChange={(event) => type({ tags: event.target.value })}
      />
    </>
  );
}

/** How safe what is typed is; the age keeps up. */
function Safety({ editor: { savedAt, isBusy, isChanged, stored } }: { editor: Editor }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(ticking);
  }, []);
  const age =
    savedAt === undefined ? undefined : formatRelative(new Date(savedAt).toISOString(), Math.max(now, savedAt));
  const text = isBusy
    ? write.saving
    : age !== undefined
      ? write.savedLocally(age)
      : stored && !isChanged
        ? write.saved
        : write.keys;
  return (
    <p className={styles.safety} role="status">
      {text}
    </p>
  );
}

interface ActionsProps {
  editor: Editor;
  onSave: (publish: boolean) => void;
  onRemove: () => void;
}

function Actions({ editor: { stored, isBusy }, onSave, onRemove }: ActionsProps) {
  const isPublished = stored?.draft === false;
  return (
    <div className={styles.actions}>
      {isPublished ? null : (
        <button className="button" data-primary type="button" disabled={isBusy} onClick={() => onSave(true)}>
          {write.publish}
        </button>
      )}
      <button
        className="button"
        data-primary={isPublished || undefined}
        type="button"
        disabled={isBusy}
        onClick={() => onSave(false)}
      >
        {isPublished ? write.save : write.saveDraft}
      </button>
      {isPublished ? (
        <a className="button" data-quiet href={postPath(stored)}>
          {write.view}
        </a>
      ) : null}
      {stored ? (
        <button className="button" data-quiet type="button" disabled={isBusy} onClick={onRemove}>
          {write.remove}
        </button>
      ) : null}
    </div>
  );
}

/** What has to be said before the fields. */
function Notices({ editor }: { editor: Editor }) {
  const { typed, theirs, refusal, isRestored } = editor;
  return (
    <>
      {isRestored ? (
        <p className={styles.restored}>
          {write.restored}{' '}
          <button className="button" data-quiet type="button" onClick={editor.startOver}>
            {write.discard}
          </button>
        </p>
      ) : null}
      {theirs ? (
        <Conflict mine={typed} theirs={theirs} onKeepMine={editor.keepMine} onTakeTheirs={editor.takeTheirs} />
      ) : null}
      {refusal ? <Notice title={refusal.message} /> : null}
    </>
  );
}

/** The form of a post: begun, saved as a draft, published, changed, deleted. */
export function PostEditor({ loaded }: { loaded: StoredPost | undefined }) {
  const editor = useEditor(loaded);
  const { stored, isBusy } = editor;
  const [asksToDelete, setAsksToDelete] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();

  async function save(publish: boolean): Promise<void> {
    const saved = await editor.save({ publish });
    if (!saved) return;
    if (publish) return window.location.assign(postPath(saved));
    void queries.invalidateQueries({ queryKey: ['drafts'] });
    if (!stored) void navigate(`/write/${encodeURIComponent(saved.id)}`, { replace: true });
  }
  async function remove(isYes: boolean): Promise<void> {
    setAsksToDelete(false);
    if (isYes && (await editor.remove())) window.location.assign('/');
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing || isBusy) return;
    if (event.key === 's') void save(false);
    else if (event.key === 'Enter') void save(stored?.draft !== false);
    else return;
    event.preventDefault();
  };

  return (
    <form className={styles.form} onKeyDown={onKeyDown} onSubmit={(event) => event.preventDefault()}>
      <h1>{headingOf(stored)}</h1>
      <Notices editor={editor} />
      <Fields editor={editor} />
      <Actions editor={editor} onSave={(publish) => void save(publish)} onRemove={() => setAsksToDelete(true)} />
      <Safety editor={editor} />
      {asksToDelete && stored ? <DeleteDialog title={stored.title} onAnswer={(isYes) => void remove(isYes)} /> : null}
    </form>
  );
}
