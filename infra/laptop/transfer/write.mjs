/** Writes what an import has checked through the blog's public routes. It can be stopped at any moment, and begun again. */
import { Unreachable } from './blog-client.mjs';
import { createProgress } from './progress.mjs';

const inBatch = 500;
const atOnce = 8;
/** Of a post with so many comments those that are there already are asked for first: that is quicker than to send them again. */
const worthAsking = 20;

/** Runs `work` for each item, several at once; the first error of another kind than a refusal ends it. */
async function eachAtOnce(items, work) {
  const left = items.values();
  const run = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run));
}

/** Whether nothing that comes after can go better: nobody answers, or nobody may do this. */
const isHopeless = (error) => error instanceof Unreachable || [401, 403].includes(error.status);

/** Sends the rows of a table that have no result yet, and keeps what became of each. */
async function send(db, { table, what, put }) {
  const next = db.prepare(
    `SELECT * FROM ${table} WHERE reason IS NULL AND result IS NULL AND seq > ? ORDER BY seq LIMIT ${inBatch}`,
  );
  const keep = db.prepare(`UPDATE ${table} SET result = ?, detail = ? WHERE seq = ?`);
  const total = db.prepare(`SELECT count(*) FROM ${table} WHERE reason IS NULL`).pluck().get();
  let done = db.prepare(`SELECT count(*) FROM ${table} WHERE result IS NOT NULL`).pluck().get();
  const progress = createProgress(what, total);
  try {
    for (let rows = next.all(0); rows.length > 0; rows = next.all(rows.at(-1).seq)) {
      const results = [];
      await eachAtOnce(rows, async (row) => {
        try {
          results.push([(await put(row)) ? 'added' : 'there', null, row.seq]);
        } catch (error) {
          if (isHopeless(error)) throw error;
          results.push(['refused', error.message, row.seq]);
        }
        progress.at((done += 1));
      });
      db.transaction(() => results.forEach((result) => keep.run(...result)))();
    }
  } finally {
    progress.end();
  }
}

const postIn = ({ id, title, created_at: createdAt, draft, json }) => ({
  id,
  title,
  draft: draft === 1,
  createdAt,
  ...JSON.parse(json),
});
const commentIn = ({ id, post_id: postId, parent_id: parentId, created_at: createdAt, status, json }) => ({
  ...{ id, postId, status, createdAt, ...JSON.parse(json) },
  ...(parentId === null ? {} : { parentId }),
});

/** Marks the comments that the blog has as they are. */
async function markThere(db, blog) {
  const posts = db
    .prepare('SELECT post_id FROM comments WHERE reason IS NULL GROUP BY post_id HAVING count(*) >= ?')
    .pluck()
    .all(worthAsking);
  const find = db.prepare('SELECT * FROM comments WHERE id = ? AND post_id = ? AND reason IS NULL');
  const mark = db.prepare("UPDATE comments SET result = 'there' WHERE seq = ?");
  const isSame = (row, there) => {
    const { content, author } = JSON.parse(row.json);
    return content === there.content && author === there.author && row.created_at === there.createdAt;
  };
  for (const postId of posts) {
    for await (const page of blog.commentPages(postId)) {
      const rows = page.map((there) => ({ there, row: find.get(there.id, postId) }));
      const same = rows.filter(({ there, row }) => row !== undefined && isSame(row, there));
      db.transaction(() => same.forEach(({ row }) => mark.run(row.seq)))();
    }
  }
}

const countsOf = (db, table) => {
  const counts = { added: 0, there: 0, refused: 0 };
  const rows = db
    .prepare(`SELECT result, count(*) AS count FROM ${table} WHERE result IS NOT NULL GROUP BY result`)
    .all();
  for (const { result, count } of rows) counts[result] = count;
  return counts;
};

const mostTold = 50;

function tell(db, table) {
  const { added, there, refused } = countsOf(db, table);
  const told = db
    .prepare(`SELECT source, id, detail FROM ${table} WHERE result = 'refused' ORDER BY seq LIMIT ${mostTold}`)
    .all();
  for (const { source, id, detail } of told) console.error(`! ${source || id}: ${detail}`);
  if (refused > told.length) console.error(`! … and ${refused - told.length} more: --report names all of them.`);
  console.log(`${table}: ${added} added, ${there} were there already, ${refused} refused.`);
  return refused;
}

/** Takes over everything; one that is refused is told, and the rest goes on. Gives how many were refused. */
export async function writeAll(spool, blog) {
  const { db } = spool;
  try {
    await send(db, { table: 'posts', what: 'posts', put: (row) => blog.putPost(postIn(row)) });
    await markThere(db, blog);
    await send(db, { table: 'comments', what: 'comments', put: (row) => blog.putComment(commentIn(row)) });
  } catch (error) {
    const { added } = countsOf(db, 'comments');
    const posts = countsOf(db, 'posts').added;
    throw new Error(
      `${error.message}\nThe import ended before its end, after ${posts} posts and ${added} comments. Import again: it goes on from there.`,
      {
        cause: error,
      },
    );
  }
  return tell(db, 'posts') + tell(db, 'comments');
}
