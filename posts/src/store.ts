import type { Post } from '@blog/contract';
import type { Fact, Page, Place } from '@blog/kit';
import { pageOf } from '@blog/kit';
import { createOutbox, openDatabase, type Outbox, outboxMigration } from '@blog/kit/state';

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
  };
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
   UPDATE posts SET updated_at = created_at;`,
];

export interface PostStore {
  outbox: Outbox;
  /** Commits a post together with the fact that tells of it. */
  save(post: Post, fact: Fact): Promise<void>;
  find(id: string): Promise<Post | undefined>;
  /** The newest posts, or those before a place in the list, oldest first. */
  page(limit: number, before?: Place): Promise<Page<Post>>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openPostStore({ file, now }: { file: string; now: () => Date }): PostStore {
  const { db, transaction, isOpen, close } = openDatabase<Tables>({ file, migrations });
  const outbox = createOutbox(db, { source: '/posts', now });
  return {
    outbox,
    async save(post, fact) {
      await transaction(async (tx) => {
        await tx.insertInto('posts').values(toRow(post)).execute();
        await outbox.append(tx, [fact]);
      });
    },
    async find(id) {
      const row = await db.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async page(limit, before) {
      let newestFirst = db.selectFrom('posts').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
      if (before) {
        newestFirst = newestFirst.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), '<', tuple(before.createdAt, before.id)),
        );
      }
      const rows = await newestFirst.limit(limit + 1).execute();
      return pageOf(rows.map(fromRow), limit, (post) => post);
    },
    isOpen,
    close,
  };
}

function toRow({ id, title, body, tags, draft, createdAt, updatedAt, version }: Post): Tables['posts'] {
  const text = { id, title, body, tags: JSON.stringify(tags) };
  return { ...text, draft: draft ? 1 : 0, created_at: createdAt, updated_at: updatedAt, version };
}

function fromRow(row: Tables['posts']): Post {
  const tags = JSON.parse(row.tags) as string[];
  const { id, title, body, version } = row;
  return {
    id,
    title,
    body,
    tags,
    draft: row.draft === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version,
  };
}
