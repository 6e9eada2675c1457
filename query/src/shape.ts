import { openLocked, type SqliteDatabase } from '@blog/kit/state';

/**
 * The read model's tables. Whoever changes them, or what is put into them or made of them, raises {@link shape}: an older
 * file is thrown away then, and made again of the log.
 *
 * Large columns come last: SQLite reads a row from its beginning, and lists need the small ones only.
 */
const tables = `
  CREATE TABLE posts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, excerpt TEXT NOT NULL, tags TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER,
    html TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX posts_by_time ON posts (created_at, id);

  CREATE TABLE comments (
    id TEXT PRIMARY KEY, post_id TEXT NOT NULL, author TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, edited_at TEXT, parent_id TEXT,
    version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER, html TEXT NOT NULL, content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX comments_by_post ON comments (post_id, created_at, id);

  -- What was deleted stays so, whatever comes late.
  CREATE TABLE gone_posts (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE gone_comments (id TEXT PRIMARY KEY, post_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX gone_comments_by_post ON gone_comments (post_id);

  -- Of each post: its approved comments, and its latest change or one of its comments'.
  CREATE TABLE threads (post_id TEXT PRIMARY KEY, approved INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- Where posts were before, each path as formerPathKey has it.
  CREATE TABLE former_paths (key TEXT NOT NULL, post_id TEXT NOT NULL, PRIMARY KEY (key, post_id)) STRICT, WITHOUT ROWID;
  CREATE INDEX former_paths_by_post ON former_paths (post_id);

  CREATE TABLE post_tags (
    tag TEXT NOT NULL, created_at TEXT NOT NULL, post_id TEXT NOT NULL, PRIMARY KEY (tag, created_at, post_id)
  ) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE search USING fts5 (title, body, tags, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

  -- What changed, in order: the live stream's memory. AUTOINCREMENT: no number is given twice.
  CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, post_id TEXT NOT NULL
  ) STRICT;

  -- Events that could not be applied.
  CREATE TABLE skipped (
    name TEXT PRIMARY KEY, id TEXT, sequence INTEGER, type TEXT NOT NULL, key TEXT, entity_id TEXT, post_id TEXT,
    reason TEXT NOT NULL, at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX skipped_by_entity ON skipped (entity_id);

  -- How far the log's history has been read, and the latest change of any post: one row.
  CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, complete INTEGER NOT NULL,
    posts_changed INTEGER NOT NULL, posts_changed_at TEXT NOT NULL
  ) STRICT;
`;

const shape = 6;

export interface ReadModelFile {
  file: string;
  /**
   * The number before the first change of a new read model. One that no read model before it has reached lets a reader's
   * old place in the live stream, or an old ETag, never pass for one of this read model.
   */
  changesBefore: number;
  /** ISO 8601. */
  now: string;
}

/**
 * The write-ahead log goes into the file when it has so many pages (of 4 KB): reading the log's history writes the same
 * pages again and again, and this way they are copied once for several commits.
 */
const pagesPerCheckpoint = 4_000;

/**
 * Opens the read model's file; `isNew` where it was made, or was made anew because it had another shape. Throws FileInUse if
 * another process works on it.
 */
export function openShaped({ file, changesBefore, now }: ReadModelFile): {
  sqlite: SqliteDatabase;
  isNew: boolean;
  oldShape: number;
  close: () => void;
} {
  const { sqlite, prepared, close } = openLocked(file, 'alone', (opened) => {
    opened.pragma(`wal_autocheckpoint = ${pagesPerCheckpoint}`);
    const made = opened.transaction(() => makeTables(opened, changesBefore, now)).immediate();
    // The words of a post leave the index with it.
    opened.exec("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)");
    return made;
  });
  return { sqlite, close, ...prepared };
}

function makeTables(sqlite: SqliteDatabase, changesBefore: number, now: string) {
  const oldShape = sqlite.pragma('user_version', { simple: true }) as number;
  if (oldShape === shape) return { isNew: false, oldShape };
  // A table of a virtual one goes with it, so one that isn't there any more is none to be dropped.
  const names = sqlite
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY sql LIKE '%VIRTUAL%' DESC",
    )
    .pluck()
    .all();
  for (const name of names) sqlite.exec(`DROP TABLE IF EXISTS "${name}"`);
  sqlite.exec(tables);
  sqlite.prepare("INSERT INTO sqlite_sequence VALUES ('changes', CAST(? AS INTEGER))").run(changesBefore);
  sqlite.prepare('INSERT INTO state VALUES (1, 0, 0, CAST(? AS INTEGER), ?)').run(changesBefore, now);
  sqlite.pragma(`user_version = ${shape}`);
  return { isNew: true, oldShape };
}
