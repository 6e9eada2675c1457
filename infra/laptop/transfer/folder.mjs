/**
 * A blog in a folder: each post a Markdown file with front matter, all comments in `comments.jsonl`, one to a line. Written
 * from the same blog twice it is the same, byte for byte.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { decodeUtf8 } from './decode.mjs';
import { hidingKeys, readFrontMatter } from './front-matter.mjs';
import { createCounts } from './left-out.mjs';

const commentsFile = 'comments.jsonl';
const postsFolder = 'posts';

const privately = { mode: 0o600 };

const slugOf = (title) =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join('-')
    .slice(0, 50) ?? 'post';

const fileOf = ({ id, title, createdAt }) => `${createdAt.slice(0, 10)}-${slugOf(title)}-${encodeURIComponent(id)}.md`;

const byTime = (a, b) => (a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1);

export function writeFolder(folder, { posts, comments }) {
  // Only for its owner: drafts and rejected comments are among them.
  mkdirSync(join(folder, postsFolder), { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const { id, title, body, tags, draft, createdAt, updatedAt } of posts) {
    const matter = stringify({ id, title, tags, draft, createdAt, updatedAt }, { lineWidth: 0 });
    writeFileSync(join(folder, postsFolder, fileOf({ id, title, createdAt })), `---\n${matter}---\n${body}`, privately);
  }
  const lines = comments
    .toSorted(byTime)
    .map(({ id, postId, parentId, author, content, status, createdAt, editedAt }) =>
      JSON.stringify({ id, postId, parentId, author, content, status, createdAt, editedAt }),
    );
  writeFileSync(join(folder, commentsFile), lines.map((line) => `${line}\n`).join(''), privately);
}

/** A file that somebody wrote by hand has no id: it gets the same one at every import, as long as it keeps its name. */
const idFor = (name) => `file-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

const isEmpty = (value) => value === undefined || value === null || String(value).trim() === '';

/** The text of a file. Throws an Error that names it, and the line that is not UTF-8. */
function textOf(path) {
  try {
    return decodeUtf8(readFileSync(path));
  } catch (error) {
    throw new Error(`${path}, ${error.message}`, { cause: error });
  }
}

/** A post, and the keys of its front matter that hide it. */
function readPost(folder, name, now) {
  const path = join(folder, postsFolder, name);
  const { matter, body, fault } = readFrontMatter(path, textOf(path));
  const { id, title, tags, createdAt, updatedAt } = matter;
  for (const [field, value] of Object.entries({ title, createdAt })) {
    if (isEmpty(value)) throw new Error(`${path} has no ${field} in its front matter.`);
  }
  if (!Array.isArray(tags ?? [])) throw new Error(`${path}: tags must be a list, as [one, two].`);
  const hiddenBy = hidingKeys(matter, { now, fault });
  // A title or a tag that looks like a number is a text all the same.
  const texts = { id: isEmpty(id) ? idFor(name) : String(id), title: String(title), tags: (tags ?? []).map(String) };
  return { post: { ...texts, draft: hiddenBy.length > 0, createdAt, updatedAt, body, from: path }, hiddenBy };
}

const statuses = ['approved', 'pending', 'rejected'];

function readComment(line, from) {
  let comment;
  try {
    comment = JSON.parse(line);
  } catch (error) {
    throw new Error(`${from}: not JSON.`, { cause: error });
  }
  for (const field of ['id', 'postId', 'content', 'createdAt']) {
    if (typeof comment?.[field] !== 'string' || comment[field] === '') throw new Error(`${from} has no ${field}.`);
  }
  // Without a status a comment waits: the service decides so.
  if (!statuses.includes(comment.status ?? 'pending')) {
    throw new Error(`${from}: status must be one of ${statuses.join(', ')}.`);
  }
  return { ...comment, from };
}

function readComments(path) {
  const lines = existsSync(path) ? textOf(path).split('\n') : [];
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [readComment(line, `${path}, line ${index + 1}`)]));
}

/**
 * Throws an Error that names the file, and the line, at fault. What it reads says `from` where it is; `notes` count what another
 * blog's front matter hides. Comments below such a post wait, as an approved one is public. Below a draft of our own they stay
 * as they were: whoever exported it could read them.
 */
export function readFolder(folder, { now }) {
  const inside = join(folder, postsFolder);
  if (!existsSync(inside)) throw new Error(`There is no ${inside}: is this a folder of an export?`);
  const names = readdirSync(inside).filter((name) => name.endsWith('.md'));
  const read = names.sort().map((name) => readPost(folder, name, now));
  const [hidden, waiting] = [createCounts(), createCounts()];
  const hiddenPosts = new Set();
  for (const { post, hiddenBy } of read) {
    const [key] = hiddenBy.filter((name) => name !== 'draft');
    if (key === undefined) continue;
    hidden.add(key);
    hiddenPosts.add(post.id);
  }
  const comments = readComments(join(folder, commentsFile)).map((comment) => {
    if (comment.status !== 'approved' || !hiddenPosts.has(comment.postId)) return comment;
    waiting.add('approved');
    return { ...comment, status: 'pending' };
  });
  return {
    posts: read.map(({ post }) => post),
    comments,
    notes: [
      ...hidden.lines('Posts that their front matter hides are drafts here'),
      ...waiting.lines('Comments below them that wait for a person'),
    ],
  };
}
