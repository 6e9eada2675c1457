import { formerPathKey } from '@blog/contract';
import type { SqliteDatabase } from '@blog/kit/state';
import { changesKept, type ChangeKind } from './change-log';
import type { ReadModelEvent } from './event-handlers';
import type { CommentEntry, PostEntry } from './projection';
import { commentColumns, type CommentRow, fromRow, postColumns, type RowOf } from './rows';
import { searchIndex } from './search-index';
import { type Failed, skippedEvents } from './skipped-events';

/** What a transaction changed: who keeps an answer made of it must make it again. */
export interface Changed {
  /** Posts that changed, or whose comments did. */
  posts: Set<string>;
  /** Whether any post itself changed. */
  anyPost: boolean;
}

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface ReadModelTransaction {
  findPost(id: string): PostEntry | undefined;
  findComment(id: string): CommentEntry | undefined;
  isPostGone(id: string): boolean;
  isCommentGone(id: string): boolean;
  savePost(post: PostEntry, stored: PostEntry | undefined): void;
  saveComment(comment: CommentEntry, stored: CommentEntry | undefined): void;
  /** Says where a post was before, in place of what was said earlier. */
  saveFormerPaths(id: string, paths: readonly string[]): void;
  /** Deletes a post with its comments, and remembers that it is gone: also one that nobody has told of yet. */
  deletePost(id: string, stored: PostEntry | undefined): void;
  /** Deletes a comment, and remembers that it is gone: also one that nobody has told of yet. */
  deleteComment(comment: { id: string; postId: string }, stored: CommentEntry | undefined): void;
  /** Notes how far the log's history has been read, together with what was read. */
  saveCatchUp(progress: { sequence: number; complete: boolean }): void;
  /** Passes over an event that can't be applied. */
  skip(failed: Failed): void;
  /** Takes an applied event, and what it replaces, from the skipped ones. */
  forgetSkipped(event: ReadModelEvent): void;
}

/** What is kept of a post's comments: how many approved ones there are more, and the number of the latest change. */
interface Thread {
  approved: number;
  changed: number | bigint;
}

/** The statements of all transactions, and what has to be done at the beginning and the end of each. */
export function createTransactions(sqlite: SqliteDatabase, now: () => string) {
  const posts = postStatements(sqlite);
  const comments = commentStatements(sqlite);
  const notes = noteStatements(sqlite);
  const search = searchIndex(sqlite);
  const skipped = skippedEvents(sqlite, now);
  let changed: Changed = { posts: new Set(), anyPost: false };
  /** Written at the end: a comment is mostly created and judged in the same transaction, and a post has many of them. */
  const unsaved = { comments: new Map<string, CommentEntry>(), threads: new Map<string, Thread>() };

  /** `approved`: by how many approved comments the post has more now. */
  function note(kind: ChangeKind, { id, postId, approved = 0 }: { id: string; postId: string; approved?: number }) {
    const { lastInsertRowid: number } = notes.change.run(kind, id, postId);
    const thread = unsaved.threads.get(postId);
    unsaved.threads.set(postId, { approved: approved + (thread?.approved ?? 0), changed: number });
    changed.posts.add(postId);
    if (kind === 'post' || kind === 'post-deleted') changed.anyPost = true;
  }

  function saveComments(): void {
    for (const comment of unsaved.comments.values()) comments.save.run(comment);
    unsaved.comments.clear();
  }

  function saveAll(): void {
    saveComments();
    for (const [postId, thread] of unsaved.threads) notes.thread.run(postId, thread.approved, thread.changed);
    if (changed.posts.size > 0) notes.trim.run(changesKept);
    if (changed.anyPost) notes.postsChanged.run(now());
  }

  const countOf = (comment: CommentEntry | undefined): number => (comment?.status === 'approved' ? 1 : 0);

  const tx: ReadModelTransaction = {
    findPost(id) {
      const row = posts.find.get(id);
      return row && fromRow<PostEntry>(row);
    },
    findComment: (id) => unsaved.comments.get(id) ?? comments.find.get(id),
    isPostGone: (id) => posts.isGone.get(id) !== undefined,
    isCommentGone: (id) => comments.isGone.get(id) !== undefined,
    savePost(post, stored) {
      const row = { ...post, tags: JSON.stringify(post.tags) };
      search.put(Number(posts.save.get(row)), post, stored);
      note('post', { id: post.id, postId: post.id });
    },
    saveFormerPaths(id, paths) {
      posts.forgetPaths.run(id);
      for (const path of paths) posts.savePath.run(formerPathKey(path), id);
    },
    saveComment(comment, stored) {
      unsaved.comments.set(comment.id, comment);
      const isMoved = stored !== undefined && stored.postId !== comment.postId;
      if (isMoved) note('comment', { id: comment.id, postId: stored.postId, approved: -countOf(stored) });
      const approved = countOf(comment) - (isMoved ? 0 : countOf(stored));
      note('comment', { id: comment.id, postId: comment.postId, approved });
    },
    deletePost(id, stored) {
      saveComments();
      posts.markGone.run(id);
      posts.forgetPaths.run(id);
      const hadComments = comments.deleteOf.run(id).changes > 0;
      comments.forgetGoneOf.run(id);
      if (stored) search.remove(Number(posts.delete.get(id)), stored);
      if (stored || hadComments) note('post-deleted', { id, postId: id });
      unsaved.threads.delete(id);
      notes.forgetThread.run(id);
    },
    deleteComment({ id, postId }, stored) {
      comments.markGone.run(id, stored?.postId ?? postId);
      if (!stored) return;
      unsaved.comments.delete(id);
      comments.delete.run(id);
      note('comment-deleted', { id, postId: stored.postId, approved: -countOf(stored) });
    },
    skip: skipped.note,
    forgetSkipped: skipped.forget,
    saveCatchUp: ({ sequence, complete }) => void notes.catchUp.run(sequence, complete ? 1 : 0),
  };

  return {
    /** Does the work, which runs inside a transaction, and tells what it changed. */
    within<T>(work: (tx: ReadModelTransaction) => T): { result: T; changed: Changed } {
      changed = { posts: new Set(), anyPost: false };
      // A transaction that failed left behind what it had not saved.
      unsaved.comments.clear();
      unsaved.threads.clear();
      const result = work(tx);
      saveAll();
      return { result, changed };
    },
  };
}

function postStatements(sqlite: SqliteDatabase) {
  return {
    find: sqlite.prepare<[string], RowOf<PostEntry>>(`SELECT ${postColumns} FROM posts p WHERE p.id = ?`),
    save: sqlite
      .prepare<[RowOf<PostEntry>], number>(
        `INSERT INTO posts
           (id, title, excerpt, tags, created_at, updated_at, version, fact_version, sequence, html, body)
         VALUES (:id, :title, :excerpt, :tags, :createdAt, :updatedAt, :version, :factVersion, :sequence, :html, :body)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, excerpt = excluded.excerpt, tags = excluded.tags,
           created_at = excluded.created_at, updated_at = excluded.updated_at, version = excluded.version,
           fact_version = excluded.fact_version, sequence = excluded.sequence, html = excluded.html, body = excluded.body
         RETURNING number`,
      )
      .pluck(),
    delete: sqlite.prepare<[string], number>('DELETE FROM posts WHERE id = ? RETURNING number').pluck(),
    savePath: sqlite.prepare<[string, string]>('INSERT OR IGNORE INTO former_paths VALUES (?, ?)'),
    forgetPaths: sqlite.prepare<[string]>('DELETE FROM former_paths WHERE post_id = ?'),
    isGone: sqlite.prepare<[string]>('SELECT 1 FROM gone_posts WHERE id = ?'),
    markGone: sqlite.prepare<[string]>('INSERT OR IGNORE INTO gone_posts VALUES (?)'),
  };
}

function commentStatements(sqlite: SqliteDatabase) {
  return {
    find: sqlite.prepare<[string], CommentRow>(`SELECT ${commentColumns} FROM comments c WHERE c.id = ?`),
    save: sqlite.prepare<[CommentEntry]>(
      `INSERT INTO comments
         (id, post_id, author, status, created_at, edited_at, parent_id, version, fact_version, sequence, html, content)
       VALUES (:id, :postId, :author, :status, :createdAt, :editedAt, :parentId, :version, :factVersion, :sequence,
         :html, :content)
       ON CONFLICT (id) DO UPDATE SET post_id = excluded.post_id, author = excluded.author, status = excluded.status,
         created_at = excluded.created_at, edited_at = excluded.edited_at, parent_id = excluded.parent_id,
         version = excluded.version, fact_version = excluded.fact_version, sequence = excluded.sequence,
         html = excluded.html, content = excluded.content`,
    ),
    delete: sqlite.prepare<[string]>('DELETE FROM comments WHERE id = ?'),
    deleteOf: sqlite.prepare<[string]>('DELETE FROM comments WHERE post_id = ?'),
    isGone: sqlite.prepare<[string]>('SELECT 1 FROM gone_comments WHERE id = ?'),
    markGone: sqlite.prepare<[string, string]>('INSERT OR IGNORE INTO gone_comments VALUES (?, ?)'),
    // A post that is gone keeps its comments gone too.
    forgetGoneOf: sqlite.prepare<[string]>('DELETE FROM gone_comments WHERE post_id = ?'),
  };
}

function noteStatements(sqlite: SqliteDatabase) {
  return {
    change: sqlite.prepare<[ChangeKind, string, string]>('INSERT INTO changes (kind, id, post_id) VALUES (?, ?, ?)'),
    trim: sqlite.prepare<[number]>('DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?'),
    thread: sqlite.prepare<[string, number, number | bigint]>(
      `INSERT INTO threads VALUES (?, ?, ?)
       ON CONFLICT (post_id) DO UPDATE SET approved = approved + excluded.approved, changed = excluded.changed`,
    ),
    forgetThread: sqlite.prepare<[string]>('DELETE FROM threads WHERE post_id = ?'),
    postsChanged: sqlite.prepare<[string]>(
      'UPDATE state SET posts_changed = (SELECT max(number) FROM changes), posts_changed_at = ?',
    ),
    catchUp: sqlite.prepare<[number, number]>('UPDATE state SET sequence = ?, complete = ?'),
  };
}
