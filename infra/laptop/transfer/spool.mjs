/**
 * What an import found, in a file of its own until all of it has been read and checked: nothing is sent to the blog before that, and
 * it may be more than memory holds.
 */
import Sqlite from '@blog/kit/sqlite';

const tables = `
  CREATE TABLE posts (
    seq INTEGER PRIMARY KEY, id TEXT, title TEXT NOT NULL, source TEXT NOT NULL, created_at TEXT, draft INTEGER NOT NULL DEFAULT 0,
    reason TEXT, changes TEXT NOT NULL DEFAULT '[]', json TEXT, result TEXT, detail TEXT
  ) STRICT;
  CREATE INDEX posts_by_id ON posts (id);
  CREATE TABLE comments (
    seq INTEGER PRIMARY KEY, id TEXT, thread TEXT NOT NULL, post_id TEXT, parent_id TEXT, source TEXT NOT NULL, created_at TEXT,
    status TEXT NOT NULL DEFAULT 'approved', reason TEXT, changes TEXT NOT NULL DEFAULT '[]', json TEXT, result TEXT, detail TEXT
  ) STRICT;
  CREATE INDEX comments_by_id ON comments (id);
  CREATE INDEX comments_by_thread ON comments (thread);
`;

/**
 * A database in a file that SQLite has taken the name of: nobody finds it, and nothing stays behind however the process ends. It is in
 * the system's folder for such files (TMPDIR), and only what doesn't fit into the cache is.
 */
function open(inMemory) {
  const db = new Sqlite(inMemory ? ':memory:' : '');
  for (const setting of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -16000']) db.pragma(setting);
  db.exec(tables);
  return db;
}

const commitAfter = 5_000;

export function createSpool({ inMemory = false } = {}) {
  const db = open(inMemory);
  const insertPost = db.prepare(
    `INSERT INTO posts (id, title, source, created_at, draft, reason, changes, json)
     VALUES (@id, @title, @source, @createdAt, @draft, @reason, @changes, @json)`,
  );
  const insertComment = db.prepare(
    `INSERT INTO comments (id, thread, post_id, parent_id, source, created_at, status, reason, changes, json)
     VALUES (@id, @thread, @postId, @parentId, @source, @createdAt, @status, @reason, @changes, @json)`,
  );
  let pending = 0;
  const write = (statement, row) => {
    if (pending === 0) db.exec('BEGIN');
    const { lastInsertRowid } = statement.run(row);
    pending += 1;
    if (pending >= commitAfter) commit();
    return lastInsertRowid;
  };
  const commit = () => {
    if (pending > 0) db.exec('COMMIT');
    pending = 0;
  };
  return {
    db,
    commit,
    /** A post, or what is left out for a reason. `changes` says in pairs what is not as it was. */
    addPost: ({ id = null, title, source, createdAt = null, draft = false, reason = null, changes = [], post }) =>
      write(insertPost, {
        ...{ id, title, source, createdAt, reason, draft: draft ? 1 : 0, changes: JSON.stringify(changes) },
        json: reason === null ? JSON.stringify(post) : null,
      }),
    /** A comment of a thread, for which {@link settle} says later what becomes of it. */
    addComment: ({ id = null, thread, source, reason = null, changes = [], comment = {}, ...more }) => {
      const { postId = null, parentId = null, createdAt = null, status = 'approved', ...texts } = comment;
      return write(insertComment, {
        ...{ id, thread: String(thread), source: source ?? '', postId, parentId, createdAt, status, reason, ...more },
        ...{ changes: JSON.stringify(changes), json: reason === null ? JSON.stringify(texts) : null },
      });
    },
    /** Says of a thread which post it belongs to, or why its comments are left out, those too that are for another reason. */
    settle(thread, { postId, reason, override = false }) {
      commit();
      if (reason === undefined) {
        db.prepare('UPDATE comments SET post_id = ? WHERE thread = ?').run(postId, String(thread));
        return;
      }
      const which = override ? '' : 'AND reason IS NULL';
      db.prepare(`UPDATE comments SET reason = ?, json = NULL WHERE thread = ? ${which}`).run(reason, String(thread));
    },
    close: () => db.close(),
  };
}
