/**
 * A blog in a folder: each post a Markdown file with front matter, all comments in `comments.jsonl`, one to a line. Written
 * from the same blog twice it is the same, byte for byte.
 */
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

function readPost(path) {
  const [, matter, body] = /^---\n(.*?\n)---\n(.*)$/s.exec(readFileSync(path, 'utf8')) ?? [];
  if (matter === undefined) throw new Error(`${path} does not begin with front matter between two lines of ---.`);
  const { id, title, tags, draft, createdAt, updatedAt } = parse(matter);
  // A title or a tag that looks like a number is a text all the same.
  return { id: String(id), title: String(title), tags: (tags ?? []).map(String), draft, createdAt, updatedAt, body };
}

/** Throws an Error that names the file, and the line, at fault. */
export function readFolder(folder) {
  const posts = readdirSync(join(folder, postsFolder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readPost(join(folder, postsFolder, name)));
  const path = join(folder, commentsFile);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const comments = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch {
      throw new Error(`${path}, line ${index + 1}: not JSON.`);
    }
  });
  return { posts, comments };
}
