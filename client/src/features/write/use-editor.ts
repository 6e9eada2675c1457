import { useState } from 'react';
import { type Refusal } from '../../faults';
import { refusalOf, RequestFailed } from '../../studio/request';
import {
  changePost,
  createPost,
  deletePost,
  isSameText,
  loadPost,
  newAttempt,
  type StoredPost,
  type TypedPost,
  typedOf,
  emptyPost,
} from './posts';
import { localCopyOf, useLocalCopy } from './use-local-copy';

export interface Editor {
  typed: TypedPost;
  stored: StoredPost | undefined;
  isChanged: boolean;
  isBusy: boolean;
  /** Whether what is typed was found on this device. */
  isRestored: boolean;
  savedAt: number | undefined;
  refusal: Refusal | undefined;
  /** The post as somebody else has changed it meanwhile. */
  theirs: StoredPost | undefined;
  type(change: Partial<TypedPost>): void;
  /** Forgets what was found on this device. */
  startOver(): void;
  save(options: { publish: boolean }): Promise<StoredPost | undefined>;
  /** Deletes it; says whether that was done. */
  remove(): Promise<boolean>;
  keepMine(): void;
  takeTheirs(): void;
}

/** What is typed, over what is stored; what this device has kept goes before both. */
function useTyped(loaded: StoredPost | undefined) {
  const place = `write:${loaded?.id ?? 'new'}`;
  const [found] = useState(() => localCopyOf(place));
  const [stored, setStored] = useState(loaded);
  const base = stored ? typedOf(stored) : emptyPost;
  const [typed, setTyped] = useState(found ?? base);
  const [isRestored, setRestored] = useState(found !== undefined && !isSameText(found, base));
  const isChanged = !isSameText(typed, base);
  const { savedAt } = useLocalCopy(place, typed, isChanged);
  return {
    ...{ typed, stored, isChanged, isRestored, savedAt, setTyped, setStored },
    startOver() {
      setTyped(base);
      setRestored(false);
    },
    /** The form goes on from what is stored now. */
    goOnFrom(post: StoredPost) {
      setStored(post);
      setTyped(typedOf(post));
      setRestored(false);
    },
  };
}

/** One request at a time, and what came of it. */
function useRequests(stored: StoredPost | undefined) {
  const [state, setState] = useState<{ isBusy: boolean; refusal?: Refusal; theirs?: StoredPost }>({ isBusy: false });
  const settle = (): void => setState({ isBusy: false });
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    setState({ isBusy: true });
    try {
      const result = await work();
      settle();
      return result;
    } catch (error) {
      const isConflict = error instanceof RequestFailed && error.status === 412 && stored;
      const theirs = isConflict ? await loadPost(stored.id).catch(() => undefined) : undefined;
      setState({ isBusy: false, ...(theirs ? { theirs } : { refusal: refusalOf(error) }) });
      return undefined;
    }
  }
  return { state, settle, attempt };
}

/** The form of one post: what is typed, what is stored, and what happens between the two. */
export function useEditor(loaded: StoredPost | undefined): Editor {
  const { setTyped, setStored, goOnFrom, ...text } = useTyped(loaded);
  const { typed, stored } = text;
  const { state, settle, attempt } = useRequests(stored);
  const [attemptKey, setAttemptKey] = useState(newAttempt);

  return {
    ...text,
    ...{ isBusy: state.isBusy, refusal: state.refusal, theirs: state.theirs },
    type(change) {
      setTyped({ ...typed, ...change });
      // Another text is another post: a repetition of this attempt must not be taken for it.
      if (!stored) setAttemptKey(newAttempt());
    },
    save: ({ publish }) =>
      attempt(async () => {
        const saved = stored
          ? await changePost(stored, typed, { publish })
          : await createPost(typed, !publish, attemptKey);
        goOnFrom(saved);
        return saved;
      }),
    async remove() {
      if (!stored) return false;
      return (await attempt(() => deletePost(stored).then(() => true))) ?? false;
    },
    keepMine() {
      if (state.theirs) setStored(state.theirs);
      settle();
    },
    takeTheirs() {
      if (state.theirs) goOnFrom(state.theirs);
      settle();
    },
  };
}
