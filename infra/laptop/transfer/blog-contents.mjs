/** All that is in a blog, in an order that is always the same, however much it is. */
import Sqlite from '@blog/kit/sqlite';
import { createProgress } from './progress.mjs';

const tables = `
  CREATE TABLE posts (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE TABLE comments (id TEXT PRIMARY KEY, post_id TEXT NOT NULL, created_at TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
`;

/**
 * Reads a blog into a database that nobody else sees (see spool.mjs). `posts()` and `commentsOf(post)` give what it holds, oldest first;
 * `counts` are how many.
 */
export async function readBlog(blog) {
  const db = new Sqlite('');
  for (const setting of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -16000']) db.pragma(setting);
  db.exec(tables);
  const [putPost, putComment] = ['posts (id, created_at, json) VALUES (?, ?, ?)', 'comments (id, post_id, created_at, json) VALUES (?, ?, ?, ?)'].map((into) => db.prepare(`INSERT OR REPLACE INTO ${into}`)); // prettier-ignore
  const listed = await blog.posts();
  const progress = createProgress('posts', listed.length);
  for (const [index, { id }] of listed.entries()) {
    const post = await blog.post(id);
    putPost.run(id, post.createdAt, JSON.stringify(post));
    for await (const page of blog.commentPages(id)) {
      db.transaction(() =>
        page.forEach((comment) => putComment.run(comment.id, id, comment.createdAt, JSON.stringify(comment))),
      )();
    }
    progress.at(index + 1);
  }
  progress.end();
  const parsed = function* (statement, ...values) {
    for (const json of statement.pluck().iterate(...values)) yield JSON.parse(json);
  };
  const count = (table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  return {
    counts: { posts: count('posts'), comments: count('comments') },
    postIds: db.prepare('SELECT id FROM posts ORDER BY created_at, id').pluck().all(),
    post: (id) => JSON.parse(db.prepare('SELECT json FROM posts WHERE id = ?').pluck().get(id)),
    commentsOf: (id) => parsed(db.prepare('SELECT json FROM comments WHERE post_id = ? ORDER BY created_at, id'), id),
    close: () => db.close(),
  };
}
