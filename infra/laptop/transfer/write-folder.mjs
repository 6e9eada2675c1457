/**
 * A blog as a folder: each post a Markdown file with front matter, all comments in `comments.jsonl`, one to a line. Written
 * from the same blog twice it is the same, byte for byte.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const slugOf = (title) =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join('-')
    .slice(0, 50)
    .replace(/-$/, '') ?? 'post';

/**
 * An id as a part of a file's name that every system takes: short, of plain signs, and another one for another id also where
 * capitals don't count. The id itself is in the file.
 */
function nameOfId(id) {
  if (/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(id)) return id;
  const plain = (id.toLowerCase().match(/[a-z0-9]+/g) ?? []).join('-').slice(0, 30);
  return [plain, createHash('sha256').update(id).digest('hex').slice(0, 16)].filter(Boolean).join('-');
}

export const fileOf = ({ id, title, createdAt }) => `${createdAt.slice(0, 10)}-${slugOf(title)}-${nameOfId(id)}.md`;

function postFile({ id, title, body, tags, draft, createdAt, updatedAt, formerPaths }) {
  const paths = formerPaths?.length > 0 ? { formerPaths } : {};
  const matter = stringify({ id, title, tags, draft, createdAt, updatedAt, ...paths }, { lineWidth: 0 });
  return `---\n${matter}---\n${body}`;
}

const commentLine = ({ id, postId, parentId, author, content, status, createdAt, editedAt }) =>
  JSON.stringify({ id, postId, parentId, author, content, status, createdAt, editedAt });

/** Only its owner may read it: drafts, and what was never approved, are among it. */
const ownOnly = { folder: 0o700, file: 0o600 };

export function writeFolder(folder, contents) {
  mkdirSync(join(folder, 'posts'), { recursive: true, mode: ownOnly.folder });
  const comments = openSync(join(folder, 'comments.jsonl'), 'w', ownOnly.file);
  try {
    for (const id of contents.postIds) {
      const post = contents.post(id);
      writeFileSync(join(folder, 'posts', fileOf(post)), postFile(post), { flag: 'wx', mode: ownOnly.file });
      for (const comment of contents.commentsOf(id)) writeSync(comments, `${commentLine(comment)}\n`);
    }
  } finally {
    closeSync(comments);
  }
}
