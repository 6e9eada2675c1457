import { appendFileSync, chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** The entries of `npm run account -- audit` for what is erased from here: ids, and never a text. */
export const entriesOf = ({ comments, posts, unknownPosts }) => [
  ...[...posts, ...unknownPosts.map((id) => ({ id }))].map(({ id: post }) => ({ event: 'post-erased', post })),
  ...comments.map(({ id: comment, postId: post }) => ({ event: 'comment-erased', post, comment })),
];

/**
 * Adds to the audit of a data folder what was erased, as the client does for what is erased through it; each line is one write
 * at the end. After the restore of an older backup it says what has to be erased again. False where there is no such folder here.
 */
export function noteErased(dataDir, entries, now = new Date()) {
  if (!existsSync(dataDir)) return false;
  const file = join(dataDir, 'audit.jsonl');
  const lines = entries.map(({ event, ...ids }) =>
    JSON.stringify({ time: now.toISOString(), event, by: 'command line', ...ids }),
  );
  appendFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flush: true });
  chmodSync(file, 0o600);
  return true;
}
