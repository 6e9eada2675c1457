/**
 * A blog in a folder: each post a Markdown file with front matter, all comments in `comments.jsonl`, one to a line.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeUtf8 } from './decode.mjs';
import { commentsIn } from './folder-comments.mjs';
import { readFrontMatter } from './front-matter.mjs';
import { createDefaults, siteOf } from './markdown-defaults.mjs';
import { markdownFiles } from './markdown-files.mjs';
import { markdownPost } from './markdown-post.mjs';

/** The text of a file. Throws an Error that names it, and the line and byte that is not UTF-8. */
function textOf(path) {
  try {
    return decodeUtf8(readFileSync(path));
  } catch (error) {
    throw new Error(`${path}, ${error.message}`, { cause: error });
  }
}

export const hiddenByMatter = 'Posts that their front matter hides are drafts here';
export const waitingBelow = 'Comments below them that wait for a person';

/** Reads the posts; gives the ids of those that something else than `draft` hides. */
function readPosts(folder, spool, now) {
  const hiddenPosts = new Set();
  const [defaultsFor, site] = [createDefaults(folder), siteOf(folder)];
  for (const file of markdownFiles(folder)) {
    const path = join(folder, file.path);
    if (file.kind !== undefined) {
      spool.addPost({ title: '', source: path, reason: file.kind });
      continue;
    }
    const parts = readFrontMatter(path, textOf(path));
    const defaults = defaultsFor(file.path, parts.matter);
    const { entry, hiddenBy } = markdownPost({
      ...parts,
      file,
      path,
      defaults,
      site,
      now,
      mtime: statSync(path).mtime,
    });
    const [key] = hiddenBy.filter((name) => name !== 'draft');
    if (key !== undefined) {
      hiddenPosts.add(entry.id);
      entry.changes.unshift([hiddenByMatter, key]);
    }
    spool.addPost(entry);
  }
  return hiddenPosts;
}

/**
 * Throws an Error that names the file, and the line, at fault. Comments below a post that another blog's front matter hides wait, as
 * an approved one is public. Below a draft of our own they stay as they were: whoever exported it could read them.
 */
export async function readFolder(folder, spool, { now }) {
  const hiddenPosts = readPosts(folder, spool, now);
  const file = join(folder, 'comments.jsonl');
  if (existsSync(file)) {
    for await (const { from, comment } of commentsIn(file)) {
      const { id, ...more } = comment;
      const waits = more.status === 'approved' && hiddenPosts.has(more.postId);
      spool.addComment({
        ...{ id, thread: more.postId, source: from, changes: waits ? [[waitingBelow, 'approved']] : [] },
        comment: waits ? { ...more, status: 'pending' } : more,
      });
    }
  }
  return { name: 'a folder of Markdown files', defaultTime: now.toISOString(), keepsParents: true };
}
