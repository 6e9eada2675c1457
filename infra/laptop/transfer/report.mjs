import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

const kinds = { posts: 'post', comments: 'comment' };

/** What became of a row: a line of the report. */
function lineOf(kind, { id, title, source, reason, changes, result, detail }) {
  const all = JSON.parse(changes).map(([what, change]) => `${what}: ${change}`);
  return {
    ...{ kind, id: id ?? undefined, title: title || undefined, from: source },
    ...{ result: reason === null ? (result ?? 'planned') : 'left out', reason: reason ?? detail ?? undefined },
    ...(all.length > 0 ? { changes: all } : {}),
  };
}

/** Writes a file with a line of JSON for each post and each comment of the source. It takes its name when it is whole. */
export function writeReport(path, spool) {
  const part = `${path}.part`;
  const file = openSync(part, 'w', 0o600);
  try {
    for (const [table, kind] of Object.entries(kinds)) {
      const title = table === 'posts' ? 'title' : 'NULL AS title';
      const rows = spool.db.prepare(
        `SELECT id, ${title}, source, reason, changes, result, detail FROM ${table} ORDER BY seq`,
      );
      for (const row of rows.iterate()) writeSync(file, `${JSON.stringify(lineOf(kind, row))}\n`);
    }
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}
