/**
 * A blog in a folder: each post a Markdown file with front matter, all comments in `comments.jsonl`, one to a line. Written
 * from the same blog twice it is the same, byte for byte.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const commentsFile = 'comments.jsonl';
const postsFolder = 'posts';

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
  mkdirSync(join(folder, postsFolder), { recursive: true });
  for (const { id, title, body, tags, draft, createdAt, updatedAt } of posts) {
    const matter = stringify({ id, title, tags, draft, createdAt, updatedAt }, { lineWidth: 0 });
    writeFileSync(join(folder, postsFolder, fileOf({ id, title, createdAt })), `---\n${matter}---\n${body}`);
  }
  const lines = comments
    .toSorted(byTime)
    .map(({ id, postId, parentId, author, content, status, createdAt, editedAt }) =>
      JSON.stringify({ id, postId, parentId, author, content, status, createdAt, editedAt }),
    );
  writeFileSync(join(folder, commentsFile), lines.map((line) => `${line}\n`).join(''));
}

/** A file that somebody wrote by hand has no id: it gets the same one at every import, as long as it keeps its name. */
const idFor = (name) => `file-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

const isEmpty = (value) => value === undefined || value === null || String(value).trim() === '';

function frontMatter(path, text) {
  try {
    const matter = parse(text);
    if (typeof matter === 'object' && matter !== null && !Array.isArray(matter)) return matter;
  } catch (error) {
    throw new Error(`${path}: the front matter is no YAML: ${error.message}`, { cause: error });
  }
  throw new Error(`${path}: the front matter has no lines like “title: Hello”.`);
}

function readPost(folder, name) {
  const path = join(folder, postsFolder, name);
  const text = readFileSync(path, 'utf8');
  const [, lines, body = ''] = /^\uFEFF?---\r?\n(.*?\r?\n)---(?:\r?\n(.*))?$/s.exec(text) ?? [];
  if (lines === undefined) throw new Error(`${path} does not begin with front matter between two lines of ---.`);
  const { id, title, tags, draft, createdAt, updatedAt } = frontMatter(path, lines);
  for (const [field, value] of Object.entries({ title, createdAt })) {
    if (isEmpty(value)) throw new Error(`${path} has no ${field} in its front matter.`);
  }
  if (!Array.isArray(tags ?? [])) throw new Error(`${path}: tags must be a list, as [one, two].`);
  // A title or a tag that looks like a number is a text all the same.
  const texts = { id: isEmpty(id) ? idFor(name) : String(id), title: String(title), tags: (tags ?? []).map(String) };
  return { ...texts, draft, createdAt, updatedAt, body, from: path };
}

function readComment(line, from) {
  let comment;
  try {
    comment = JSON.parse(line);
  } catch (error) {
    throw new Error(`${from}: not JSON.`, { cause: error });
  }
  for (const field of ['id', 'postId']) {
    if (typeof comment?.[field] !== 'string' || comment[field] === '') throw new Error(`${from} has no ${field}.`);
  }
  return { ...comment, from };
}

/** Throws an Error that names the file, and the line, at fault. What it reads says `from` where it is. */
export function readFolder(folder) {
  const inside = join(folder, postsFolder);
  if (!existsSync(inside)) throw new Error(`There is no ${inside}: is this a folder of an export?`);
  const posts = readdirSync(inside)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readPost(folder, name));
  const path = join(folder, commentsFile);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const comments = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [readComment(line, `${path}, line ${index + 1}`)],
  );
  return { posts, comments };
}
