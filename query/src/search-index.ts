import type { SqliteDatabase } from '@blog/kit/state';
import type { PostEntry } from './projection';
import { textOf } from './search-text';

/** What posts are found by: their words, and their tags in the order of time. Kept in the transaction of their changes. */
export function searchIndex(sqlite: SqliteDatabase) {
  const putWords = sqlite.prepare<[number, string, string, string]>(
    'INSERT OR REPLACE INTO search (rowid, title, body, tags) VALUES (CAST(? AS INTEGER), ?, ?, ?)',
  );
  const removeWords = sqlite.prepare<[number]>('DELETE FROM search WHERE rowid = CAST(? AS INTEGER)');
  const putTag = sqlite.prepare<[string, string, string]>('INSERT OR IGNORE INTO post_tags VALUES (?, ?, ?)');
  const removeTag = sqlite.prepare<[string, string, string]>(
    'DELETE FROM post_tags WHERE tag = ? AND created_at = ? AND post_id = ?',
  );

  const untag = ({ id, tags, createdAt }: PostEntry): void => tags.forEach((tag) => removeTag.run(tag, createdAt, id));

  return {
    put(number: number, post: PostEntry, stored: PostEntry | undefined): void {
      if (stored) untag(stored);
      for (const tag of post.tags) putTag.run(tag, post.createdAt, post.id);
      putWords.run(number, post.title, textOf(post.html), post.tags.join('\n'));
    },
    remove(number: number, stored: PostEntry): void {
      untag(stored);
      removeWords.run(number);
    },
  };
}
