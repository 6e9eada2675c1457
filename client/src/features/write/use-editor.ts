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
import { forgetLocalCopy, localCopyOf, placeOf, useLocalCopy } from './use-local-copy';

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
  /** Stores what is typed over what somebody else has stored. */
  keepMine(): Promise<StoredPost | undefined>;
  takeTheirs(): void;
}

/** What is typed, over what is stored; what this device has kept goes before both. */
function useTyped(loaded: StoredPost | undefined) {
  const [stored, setStored] = useState(loaded);
  const place = placeOf(stored?.id);
  const [found] = useState(() => localCopyOf(place));
  const base = stored ? typedOf(stored) : emptyPost;
  const [typed, setTyped] = useState(found ?? base);
  const [isRestored, setRestored] = useState(found !== undefined && !isSameText(found, base));
  const isChanged = !isSameText(typed, base);
  const { savedAt } = useLocalCopy(place, typed, isChanged);
  return {
    ...{ typed, stored, isChanged, isRestored, savedAt, setTyped },
    startOver() {
      setTyped(base);
      setRestored(false);
    },
    /** The form goes on from what is stored now, and from what was typed since `sent` was on its way. */
    goOnFrom(post: StoredPost, sent?: TypedPost) {
      setStored(post);
      setTyped((now) => (sent && !isSameText(now, sent) ? now : typedOf(post)));
      setRestored(false);
      if (!stored) forgetLocalCopy(place);
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
  const { setTyped, goOnFrom, ...text } = useTyped(loaded);
  const { typed, stored } = text;
  const { state, settle, attempt } = useRequests(stored);
  const [attemptKey, setAttemptKey] = useState(newAttempt);
  const [wasPublishing, setWasPublishing] = useState(false);

  const store = (base: StoredPost | undefined, publish: boolean): Promise<StoredPost | undefined> =>
    attempt(async () => {
      setWasPublishing(publish);
      const saved = base ? await changePost(base, typed, { publish }) : await createPost(typed, !publish, attemptKey);
      goOnFrom(saved, typed);
      return saved;
    });

  return {
    ...text,
    ...{ isBusy: state.isBusy, refusal: state.refusal, theirs: state.theirs },
    type(change) {
      setTyped((now) => ({ ...now, ...change }));
      // Another text is another post: a repetition of this attempt must not be taken for it.
      if (!stored) setAttemptKey(newAttempt());
    },
    save: ({ publish }) => store(stored, publish),
    async remove() {
      if (!stored) return false;
      const isGone = await attempt(() => deletePost(stored).then(() => true));
      // Nothing of it is to be kept on this device.
      if (isGone) goOnFrom(stored);
      return isGone ?? false;
    },
    keepMine: () => store(state.theirs ?? stored, wasPublishing),
    takeTheirs() {
      if (state.theirs) goOnFrom(state.theirs);
      settle();
    },
  };
}
