import { postPath } from '@blog/contract/address';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ConfirmDialog } from '../../studio/ConfirmDialog';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Notice } from '../../components/Notice';
import { write } from '../../studio/words';
import { Conflict } from './Conflict';
import { Drafts } from './Drafts';
import { EditorFields } from './EditorFields';
import type { StoredPost } from './posts';
import { Safety } from './Safety';
import { type Editor, useEditor } from './use-editor';
import { useSaveKeys } from './use-save-keys';
import styles from './WritePage.module.css';

function headingOf(stored: StoredPost | undefined): string {
  if (!stored) return write.newPost;
  return stored.draft ? write.editDraft : write.editPost;
}

interface ActionsProps {
  editor: Editor;
  onSave: (publish: boolean) => void;
  onRemove: () => void;
}

function Actions({ editor, onSave, onRemove }: ActionsProps) {
  const { stored, isBusy } = editor;
  const isPublished = stored?.draft === false;
  return (
    <div className={styles.bar}>
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
            <Icon of={icons.trash} /> {write.remove}
          </button>
        ) : null}
      </div>
      <Safety editor={editor} />
    </div>
  );
}

/** What has to be said before the fields. */
function Notices({ editor, onKeepMine }: { editor: Editor; onKeepMine: () => void }) {
  const { typed, theirs, refusal, isRestored } = editor;
  return (
    <>
      {isRestored ? (
        <p className={styles.restored} role="status">
          <Icon of={icons.device} /> {write.restored}
          <button className="button" data-quiet type="button" onClick={editor.startOver}>
            {write.discard}
          </button>
        </p>
      ) : null}
      {theirs ? (
        <Conflict mine={typed} theirs={theirs} onKeepMine={onKeepMine} onTakeTheirs={editor.takeTheirs} />
      ) : null}
      {refusal ? <Notice title={refusal.message} /> : null}
    </>
  );
}

/** Leads to what was refused: the first field that is marked. */
function useFocusOnFault({ refusal }: Editor) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [refusal]);
  return form;
}

/** Leaves only after what is stored is known everywhere here: the copy on this device would stay otherwise. */
function useLeaving(): (path: string) => void {
  const [path, leaveTo] = useState<string>();
  useEffect(() => {
    if (path !== undefined) window.location.assign(path);
  }, [path]);
  return leaveTo;
}

/** The form of a post: begun, saved as a draft, published, changed, deleted. */
export function PostEditor({ loaded }: { loaded: StoredPost | undefined }) {
  const editor = useEditor(loaded);
  const { stored, isBusy } = editor;
  const [asksToDelete, setAsksToDelete] = useState(false);
  const queries = useQueryClient();
  const form = useFocusOnFault(editor);
  const leaveTo = useLeaving();

  function goOn(saved: StoredPost | undefined): void {
    if (!saved) return;
    if (!saved.draft && stored?.draft !== false) return leaveTo(postPath(saved));
    void queries.invalidateQueries({ queryKey: ['drafts'] });
    // The form stays as it is: somebody may be typing on.
    if (!stored) window.history.replaceState(null, '', `/write/${encodeURIComponent(saved.id)}`);
  }
  const save = async (publish: boolean): Promise<void> => goOn(await editor.save({ publish }));
  async function remove(isYes: boolean): Promise<void> {
    setAsksToDelete(false);
    if (isYes && (await editor.remove())) leaveTo('/');
  }
  useSaveKeys({ isOff: isBusy || asksToDelete, save: (publish) => void save(publish && stored?.draft !== false) });

  return (
    <div className={styles.page}>
      <form className={styles.form} ref={form} onSubmit={(event) => event.preventDefault()}>
        {stored ? (
          <p className={styles.back}>
            <a href="/write">
              <Icon of={icons.arrowLeft} /> {write.back}
            </a>
          </p>
        ) : null}
        <h1>{headingOf(stored)}</h1>
        <Notices editor={editor} onKeepMine={() => void editor.keepMine().then(goOn)} />
        <EditorFields editor={editor} />
        <Actions editor={editor} onSave={(publish) => void save(publish)} onRemove={() => setAsksToDelete(true)} />
      </form>
      {stored ? null : <Drafts />}
      {asksToDelete && stored ? (
        <ConfirmDialog
          title={write.removeTitle}
          text={write.removeAsk(stored.title)}
          yes={write.removeYes}
          no={write.removeNo}
          onAnswer={(isYes) => void remove(isYes)}
        />
      ) : null}
    </div>
  );
}
