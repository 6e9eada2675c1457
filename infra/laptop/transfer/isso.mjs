/** Comments of Isso, from its SQLite file: its threads are paths of pages, its texts Markdown. */
import Sqlite from '@blog/kit/sqlite';
import { bounded, most, storable } from './texts.mjs';
import { settleThreads } from './threads.mjs';

/** What `mode` says; of a deleted comment that has replies a row without a text stays. What it says else is unknown. */
const modes = new Map([
  [1, { status: 'approved' }],
  [2, { status: 'pending' }],
  [4, { reason: 'deleted' }],
]);

const needed = {
  threads: ['id', 'uri', 'title'],
  comments: ['tid', 'id', 'parent', 'created', 'mode', 'text', 'author'],
};

/** Throws where the file has other tables than Isso's: then it could be anything. */
function requireTables(db) {
  for (const [table, columns] of Object.entries(needed)) {
    const there = db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table);
    const missing = columns.find((column) => !there.includes(column));
    if (missing !== undefined)
      throw new Error(`the table ${table} has no column ${missing}: this is no database of Isso`);
  }
}

/** Whether a file is SQLite. */
export const isSqlite = (bytes) => bytes.subarray(0, 16).toString('latin1') === 'SQLite format 3\0';

function timeOf(seconds, row) {
  const time = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new Error(`the comment ${row.id} has no time (created)`);
  return time.toISOString();
}

function commentOf(row) {
  const given = String(row.text ?? '').trim();
  const content = bounded(storable(given), most.comment, 'comments');
  const author = bounded(
    storable(String(row.author ?? ''))
      .replace(/\s+/g, ' ')
      .trim(),
    most.author,
    'names',
  );
  const { status, reason } = modes.get(row.mode) ?? { reason: `with the mode ${row.mode}` };
  const unclean = storable(given) === given ? [] : [['Changed', 'characters that no text may hold are left out']];
  return {
    ...{ id: `isso-${row.id}`, thread: row.tid, source: `comment ${row.id}` },
    reason: reason ?? (content.text === '' ? 'without a text' : undefined),
    changes: [...content.changes, ...author.changes, ...unclean],
    comment: {
      ...(row.parent === null ? {} : { parentId: `isso-${row.parent}` }),
      ...{ author: author.text, content: content.text, status, createdAt: timeOf(row.created, row) },
      ...(typeof row.modified === 'number' ? { editedAt: timeOf(row.modified, row) } : {}),
    },
  };
}

/** Comments of an Isso database, for posts that are here. Throws where it is none, or damaged. */
export async function readIsso(path, spool, { now, posts }) {
  const db = new Sqlite(path, { readonly: true, fileMustExist: true });
  try {
    const fault = db.pragma('integrity_check', { simple: true });
    if (fault !== 'ok') throw new Error(`the database is damaged: ${String(fault).split('\n')[0]}`);
    requireTables(db);
    const threads = db
      .prepare('SELECT id, uri, title FROM threads ORDER BY id')
      .all()
      .map(({ id, uri, title }) => ({ key: id, identifier: '', link: String(uri ?? ''), title: String(title ?? '') }));
    for (const row of db.prepare('SELECT * FROM comments ORDER BY id').iterate()) spool.addComment(commentOf(row));
    const problems = settleThreads(spool, threads, await posts());
    spool.db
      .prepare(
        "UPDATE comments SET reason = 'of a thread that is not in the file', json = NULL WHERE post_id IS NULL AND reason IS NULL",
      )
      .run();
    return { name: 'a database of Isso', defaultTime: now.toISOString(), problems };
  } finally {
    db.close();
  }
}
