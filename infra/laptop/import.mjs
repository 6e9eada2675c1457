// npm run import -- <folder | wordpress.xml | disqus.xml>: takes over posts and comments. What is there already is left alone.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand } from './command.mjs';
import { portsFrom, urlsOf } from './processes.cjs';
import { createBlogClient } from './transfer/blog-client.mjs';
import { decodeXml } from './transfer/decode.mjs';
import { readDisqus } from './transfer/disqus.mjs';
import { readFolder } from './transfer/folder.mjs';
import { transferToken } from './transfer/token.mjs';
import { readWordPress } from './transfer/wordpress.mjs';

/** The name of an XML document's element; undefined where there is none. */
const rootOf = (text) => /^(?:\s|\uFEFF|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<([\w:]+)/s.exec(text)?.[1];

/** Runs what reads a file; its error names the file. */
function reading(path, work) {
  try {
    return work();
  } catch (error) {
    throw new Error(`${path} can not be read: ${error.message}. Nothing was stored.`, { cause: error });
  }
}

/** All of a folder or file, checked to its end: nothing is stored before that. Throws an Error that names what is at fault. */
async function read(path, blog) {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  if (statSync(path).isDirectory()) return readFolder(path, { now: new Date() });
  const text = reading(path, () => decodeXml(readFileSync(path)));
  // The same at every import of the file, so that what has no time of its own is the same too.
  const now = statSync(path).mtime;
  const root = rootOf(text);
  if (root === 'rss') return reading(path, () => readWordPress(text, { now }));
  if (root === 'disqus') {
    const posts = await Promise.all((await blog.postIds()).map(blog.post));
    return reading(path, () => readDisqus(text, posts, { now }));
  }
  throw new Error(`${path} is no folder of an export, and neither a WordPress nor a Disqus export.`);
}

/** Takes over one after the other; one that is refused is told, and the rest goes on. */
async function takeOver(what, items, put) {
  const result = { added: 0, there: 0, refused: 0 };
  for (const [index, item] of items.entries()) {
    try {
      result[(await put(item)) ? 'added' : 'there'] += 1;
    } catch (error) {
      result.refused += 1;
      console.error(`! ${item.from ?? item.id}: ${error.message}`);
    }
    if ((index + 1) % 100 === 0) console.log(`${index + 1} of ${items.length} ${what}`);
  }
  console.log(`${what}: ${result.added} added, ${result.there} were there already, ${result.refused} refused.`);
  return result.refused;
}

const usage = `npm run import -- <folder | wordpress.xml | disqus.xml>

Takes over posts and comments from a folder of npm run export, or from an export of WordPress or Disqus, while the blog runs.
What is there already is left alone, so that it can be repeated.`;

await runCommand({ usage, names: [1, 1] }, async ({ names: [given] }) => {
  const urls = urlsOf(portsFrom(process.env), process.env.HOST);
  const blog = createBlogClient({ urls, token: () => transferToken(process.env) });
  const { posts, comments, unmatched = [], notes = [] } = await read(resolve(given), blog);
  const refused =
    (await takeOver('posts', posts, blog.putPost)) + (await takeOver('comments', comments, blog.putComment));
  for (const note of notes) console.log(note);
  for (const title of unmatched) console.error(`! No post here is called “${title}”: its comments are left out.`);
  if (refused > 0 || unmatched.length > 0) process.exitCode = 1;
});
