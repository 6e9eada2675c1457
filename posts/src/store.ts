import { formerPathKey, type Post } from '@blog/contract';
import { Conflict, type Page, pageOf, type Place } from '@blog/kit';
import {
  createIdempotency,
  createOutbox,
  type Idempotency,
  idempotencyMigration,
  openDatabase,
  type Outbox,
  outboxMigration,
  type Transaction,
} from '@blog/kit/state';
import { erasureOf, type PostEvent, type Written } from './domain';

interface Tables {
  posts: {
    id: string;
    title: string;
    body: string;
    tags: string;
    draft: number;
    created_at: string;
    updated_at: string;
    version: number;
    former_paths: string;
  };
  deleted_posts: { id: string };
  former_paths: { key: string; post_id: string };
}

const migrations = [
  `CREATE TABLE posts (
     id TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, tags TEXT NOT NULL,
     created_at TEXT NOT NULL, version INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX posts_by_time ON posts (created_at, id);
   ${outboxMigration}`,
  `ALTER TABLE posts ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE posts ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';
   UPDATE posts SET updated_at = created_at;
   CREATE TABLE deleted_posts (id TEXT PRIMARY KEY) STRICT;
   ${idempotencyMigration}`,
  // An answer is made again of the post: what is erased must not stay in the answers.
  `UPDATE idempotency_keys SET answer = json_object('id', answer ->> 'id');`,
  `ALTER TABLE posts ADD COLUMN former_paths TEXT NOT NULL DEFAULT '[]';
   CREATE TABLE former_paths (key TEXT PRIMARY KEY, post_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX former_paths_by_post ON former_paths (post_id);`,
];

/** The answer to a new post, without the post. */
export interface KeptAnswer {
  id: string;
}

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface PostTransaction {
  find(id: string): Promise<Post | undefined>;
  /** Whether there was a post with this id: its id is never used again. */
  wasDeleted(id: string): Promise<boolean>;
  /** Stores a new post together with the fact that tells of it. Throws Conflict where another one was at one of its former paths. */
  insert(written: Written): Promise<void>;
  /** Replaces a post's state. Throws Conflict as {@link insert} does. */
  update(written: Written): Promise<void>;
  delete(id: string, fact: PostEvent | undefined): Promise<void>;
  /**
   * Erases a post, here or not: its row and its events that wait go, and its id is never used again. Gives the ids of the
   * events that tell the others; of a draft nobody knows.
   */
  erase(id: string, isDraft: boolean): Promise<string[]>;
  /** Answers given to requests with an `Idempotency-Key`. */
  answers: {
    find: (request: Parameters<Idempotency<KeptAnswer>['find']>[1]) => Promise<KeptAnswer | undefined>;
    keep: (request: Parameters<Idempotency<KeptAnswer>['keep']>[1], answer: KeptAnswer) => Promise<void>;
  };
}

export interface PostStore {
  outbox: Outbox;
  transaction<T>(work: (tx: PostTransaction) => Promise<T>): Promise<T>;
  find(id: string): Promise<Post | undefined>;
  /** The newest posts, published ones or drafts, or those before a place in the list, oldest first. */
  page(limit: number, options?: { before?: Place | undefined; drafts?: boolean }): Promise<Page<Post>>;
  /** Resolves when no byte of what was erased is left in the files. Rejects with Unavailable while somebody reads them. */
  scrub(): Promise<void>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openPostStore({ file, now }: { file: string; now: () => Date }): PostStore {
  const { db, transaction, scrub, isOpen, close } = openDatabase<Tables>({ file, use: 'alone', migrations });
  const outbox = createOutbox(db, { source: '/posts', now });
  const answers = createIdempotency<KeptAnswer, Tables>(db, { now });
  return {
    outbox,
    transaction: (work) => transaction((tx) => work(postTransaction(tx, outbox, answers))),
    async find(id) {
      const row = await db.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async page(limit, { before, drafts = false } = {}) {
      let newestFirst = db
        .selectFrom('posts')
        .selectAll()
        .where('draft', '=', drafts ? 1 : 0)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc');
      if (before) {
        newestFirst = newestFirst.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), '<', tuple(before.createdAt, before.id)),
        );
      }
      const rows = await newestFirst.limit(limit + 1).execute();
      return pageOf(rows.map(fromRow), limit, (post) => post);
    },
    scrub,
    isOpen,
    close,
  };
}

function postTransaction(tx: Transaction<Tables>, outbox: Outbox, answers: Idempotency<KeptAnswer>): PostTransaction {
  const tell = async (fact: PostEvent | undefined): Promise<void> => void (await outbox.append(tx, fact ? [fact] : []));
  return {
    async find(id) {
      const row = await tx.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async wasDeleted(id) {
      return (await tx.selectFrom('deleted_posts').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
    },
    async insert({ post, fact }) {
      await tx.insertInto('posts').values(toRow(post)).execute();
      await claimPaths(tx, post);
      await tell(fact);
    },
    async update({ post, fact }) {
      await tx.updateTable('posts').set(toRow(post)).where('id', '=', post.id).execute();
      await claimPaths(tx, post);
      await tell(fact);
    },
    async delete(id, fact) {
      await tx.deleteFrom('posts').where('id', '=', id).execute();
      await tx.deleteFrom('former_paths').where('post_id', '=', id).execute();
      await tx.insertInto('deleted_posts').values({ id }).execute();
      await tell(fact);
    },
    async erase(id, isDraft) {
      await tx.deleteFrom('posts').where('id', '=', id).execute();
      await tx.deleteFrom('former_paths').where('post_id', '=', id).execute();
      await tx
        .insertInto('deleted_posts')
        .values({ id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await outbox.erase(tx, id);
      return isDraft ? [] : outbox.append(tx, [erasureOf(id)]);
    },
    answers: {
      find: (request) => answers.find(tx, request),
      keep: (request, answer) => answers.keep(tx, request, answer),
    },
  };
}

/** An address leads to one post only. */
async function claimPaths(tx: Transaction<Tables>, { id, formerPaths = [] }: Post): Promise<void> {
  await tx.deleteFrom('former_paths').where('post_id', '=', id).execute();
  for (const path of formerPaths) {
    const key = formerPathKey(path);
    const other = await tx.selectFrom('former_paths').select('post_id').where('key', '=', key).executeTakeFirst();
    if (other && other.post_id !== id) throw new Conflict(`The post ${other.post_id} was at ${path} before.`);
    if (!other) await tx.insertInto('former_paths').values({ key, post_id: id }).execute();
  }
}

function toRow({
  id,
  title,
  body,
  tags,
  draft,
  createdAt,
  updatedAt,
  version,
  formerPaths = [],
}: Post): Tables['posts'] {
  const text = { id, title, body, tags: JSON.stringify(tags), former_paths: JSON.stringify(formerPaths) };
  return { ...text, draft: draft ? 1 : 0, created_at: createdAt, updated_at: updatedAt, version };
}

function fromRow({ tags, draft, created_at, updated_at, former_paths, ...row }: Tables['posts']): Post {
  const { id, title, body, version } = row;
  const text = { id, title, body, tags: JSON.parse(tags) as string[] };
  const formerPaths = JSON.parse(former_paths) as string[];
  const paths = formerPaths.length > 0 ? { formerPaths } : {};
  return { ...text, draft: draft === 1, createdAt: created_at, updatedAt: updated_at, version, ...paths };
}
