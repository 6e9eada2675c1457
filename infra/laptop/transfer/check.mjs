/** What can be said only when all of a source has been read: what is there twice, and which replies have no parent. */
import { keyOfPath } from './former-paths.mjs';

/** Of several with one id the first counts. Later ones that say the same are no loss; others are, and are told as such. */
function leaveOutDoubles(db, table) {
  const same = 'there twice in what is imported';
  const other = 'with the id of another one in what is imported';
  const columns = table === 'posts' ? ['json', 'title', 'created_at'] : ['json', 'post_id', 'created_at', 'status'];
  const isSame = columns.map((column) => `first.${column} IS later.${column}`).join(' AND ');
  const doubles = db
    .prepare(
      `SELECT later.seq, ${isSame} AS isSame FROM ${table} later JOIN ${table} first
       ON first.id = later.id AND first.seq = (SELECT min(seq) FROM ${table} WHERE id = later.id AND reason IS NULL)
       WHERE later.reason IS NULL AND later.seq > first.seq`,
    )
    .all();
  const leave = db.prepare(`UPDATE ${table} SET reason = ?, json = NULL WHERE seq = ?`);
  for (const { seq, isSame: isNoLoss } of doubles) leave.run(isNoLoss ? same : other, seq);
}

const sharedPath = ['Changed', 'old address that another post has too: it leads to the first'];

/** An address leads to one post: the first that says to have been there. */
function shareOutPaths(db) {
  const paths = db.prepare(
    `SELECT seq, json_extract(json, '$.formerPaths') AS given FROM posts WHERE reason IS NULL AND given IS NOT NULL ORDER BY seq`,
  );
  const taken = new Set();
  const shared = [];
  for (const { seq, given } of paths.iterate()) {
    const all = JSON.parse(given);
    const own = all.filter((path) => !taken.has(keyOfPath(path)));
    for (const path of own) taken.add(keyOfPath(path));
    if (own.length < all.length) shared.push({ seq, own: JSON.stringify(own), note: JSON.stringify(sharedPath) });
  }
  const keep = db.prepare(
    `UPDATE posts SET json = json_set(json, '$.formerPaths', json(@own)), changes = json_insert(changes, '$[#]', json(@note))
     WHERE seq = @seq`,
  );
  for (const one of shared) keep.run(one);
}

export const lossReasons = new Set(['with the id of another one in what is imported', 'longer than this blog takes']);

const withoutParent = ['Changed', 'reply to a comment that is not taken over: it stands for itself'];
const inCircle = ['Changed', 'reply that answers itself: it stands for itself'];

/** Makes of a reply a comment that stands for itself. */
const createCut = (db) => {
  const cut = db.prepare(
    `UPDATE comments SET parent_id = NULL, changes = json_insert(changes, '$[#]', json(?)) WHERE seq = ?`,
  );
  return (seq, note) => cut.run(JSON.stringify(note), seq);
};

/** Replies whose parent is no comment of their post. */
function cutFromMissing(db) {
  const missing = db
    .prepare(
      `SELECT seq FROM comments c WHERE reason IS NULL AND parent_id IS NOT NULL AND NOT EXISTS
       (SELECT 1 FROM comments p WHERE p.id = c.parent_id AND p.reason IS NULL AND p.post_id IS c.post_id)`,
    )
    .pluck()
    .all();
  const cut = createCut(db);
  for (const seq of missing) cut(seq, withoutParent);
}

/** Replies that lead back to themselves. A circle has one at least that stands before its parent, or is it. */
function cutCircles(db) {
  const suspects = db
    .prepare(
      `SELECT c.seq, c.id FROM comments c JOIN comments p ON p.id = c.parent_id AND p.reason IS NULL
       WHERE c.reason IS NULL AND p.seq >= c.seq ORDER BY c.seq`,
    )
    .all();
  const parentOf = db.prepare('SELECT parent_id FROM comments WHERE id = ? AND reason IS NULL').pluck();
  const cut = createCut(db);
  for (const { seq, id } of suspects) {
    const seen = new Set([id]);
    for (let parent = parentOf.get(id); parent; parent = parentOf.get(parent)) {
      if (parent === id) cut(seq, inCircle);
      if (seen.has(parent)) break;
      seen.add(parent);
    }
  }
}

/** Checks what has been read as a whole. `keepsParents`: the source is this blog's own, where a parent may have been deleted. */
export function checkAll(spool, { defaultTime, keepsParents = false }) {
  spool.commit();
  const { db } = spool;
  db.prepare('UPDATE posts SET created_at = ? WHERE created_at IS NULL').run(defaultTime);
  db.prepare(
    `UPDATE comments SET created_at = coalesce((SELECT created_at FROM posts WHERE posts.id = comments.post_id), ?)
     WHERE created_at IS NULL`,
  ).run(defaultTime);
  leaveOutDoubles(db, 'posts');
  leaveOutDoubles(db, 'comments');
  shareOutPaths(db);
  if (!keepsParents) cutFromMissing(db);
  cutCircles(db);
}
