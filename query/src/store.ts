import type { FullPost, PostSummary } from '@blog/contract';
import { type Page, pageOf, type Place } from '@blog/kit';
import { scrubFiles, sharedRun, transact } from '@blog/kit/state';
import { changeLog, type ChangeLog } from './change-log';
import { createCommentReads, sizeOf } from './comment-reads';
import { createPostLists, type PostLists } from './post-lists';
import type { PostEntry } from './projection';
import { type Changed, createTransactions, type ReadModelTransaction } from './read-model-transaction';
import { fromRow, type PostInList, postColumns, type RowOf } from './rows';
import { openShaped } from './shape';
import { skippedEvents } from './skipped-events';

/** How far the log's history has been read into this read model. */
export interface CatchUp {
  sequence: number;
  complete: boolean;
}

/**
 * The read model in a SQLite file of its own. Nothing here waits: a transaction is done when it returns, so whatever is
 * read was committed, and several reads of one turn see the same state.
 */
export interface ReadModelStore extends PostLists {
  transaction<T>(work: (tx: ReadModelTransaction) => T): { result: T; changed: Changed };
  /** A post with a page of its comments: the newest, or those before a place. */
  find(id: string, limit: number, before?: Place): { post: FullPost; olderComments?: Place } | undefined;
  /** The number of the latest change of a post or of its comments; undefined where there is no such post. */
  changeOf(id: string): number | undefined;
  /** The latest change of any post itself: what feeds and tags are made of. */
  postsChanged(): { number: number; at: string };
  changes: ChangeLog;
  skipped: Pick<ReturnType<typeof skippedEvents>, 'read' | 'count' | 'sequences'>;
  catchUp(): CatchUp;
  /** The shape of the file that was thrown away at the opening; undefined where nothing was. */
  oldShape?: number;
  /** Resolves when no byte of what was erased is left in the files. Rejects with Unavailable while somebody reads them. */
  scrub(): Promise<void>;
  isOpen(): boolean;
  close(): void;
}

export interface StoreOptions {
  file: string;
  /** The number before the first change of a new read model; higher than any that was given before. */
  changesBefore?: number;
  now?: () => Date;
}

/** Of a page of a post's comments, with their HTML. */
const mostCharacters = 1_000_000;

/** Opens the read model, made anew where the file has another shape. Throws where it can't be opened. */
export function openReadModelStore({ file, changesBefore = 0, now = () => new Date() }: StoreOptions): ReadModelStore {
  const iso = (): string => now().toISOString();
  const { sqlite, isNew, oldShape, close } = openShaped({ file, changesBefore, now: iso() });
  const comments = createCommentReads(sqlite);
  const lists = createPostLists(sqlite, comments);
  const transactions = createTransactions(sqlite, iso);

  const findPost = sqlite.prepare<[string], RowOf<PostEntry>>(`SELECT ${postColumns} FROM posts p WHERE p.id = ?`);
  const findChange = sqlite
    .prepare<[string], number>('SELECT changed FROM threads JOIN posts ON id = post_id WHERE post_id = ?')
    .pluck();
  const findPostsChanged = sqlite.prepare<[], { number: number; at: string }>(
    'SELECT posts_changed AS number, posts_changed_at AS at FROM state',
  );
  const findCatchUp = sqlite.prepare<[], { sequence: number; complete: number }>(
    'SELECT sequence, complete FROM state',
  );

  return {
    ...lists,
    transaction: (work) => transact(sqlite, () => transactions.within(work)),
    find(id, limit, before) {
      const row = findPost.get(id);
      if (!row) return undefined;
      const { body, html, ...entry } = fromRow<PostEntry>(row);
      const most = mostCharacters;
      const newestFirst = comments.page(id, { limit: limit + 1, most, before });
      const { items, next } = pageOf(newestFirst, limit, (comment) => comment, { of: sizeOf, most });
      const post = { ...summaryOf(entry, comments.approved(id)), body, html, comments: items };
      return next ? { post, olderComments: next } : { post };
    },
    changeOf: (id) => findChange.get(id),
    postsChanged: () => findPostsChanged.get() ?? { number: 0, at: iso() },
    changes: changeLog(sqlite, lists.summary),
    skipped: skippedEvents(sqlite, iso),
    catchUp() {
      const { sequence = 0, complete = 0 } = findCatchUp.get() ?? {};
      return { sequence, complete: complete === 1 };
    },
    ...(isNew && oldShape > 0 ? { oldShape } : {}),
    scrub: sharedRun(() => {
      // Words of posts that an older program deleted may be in the index still.
      sqlite.exec("INSERT INTO search (search) VALUES ('optimize')");
      scrubFiles(sqlite);
    }),
    isOpen: () => sqlite.open,
    close,
  };
}

export function summaryOf(post: PostInList, commentCount: number): PostSummary {
  const { id, title, excerpt, tags, createdAt, updatedAt, version } = post;
  return { id, title, excerpt, tags, createdAt, updatedAt, version, commentCount };
}

export type { Page };
