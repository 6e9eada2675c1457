/** What may be imported: how each is told from the others, and what reads it. */
import { existsSync, openSync, readSync, closeSync, statSync } from 'node:fs';
import { readDisqus } from './disqus.mjs';
import { readFolder } from './folder.mjs';
import { openInput } from './input.mjs';
import { isSqlite, readIsso } from './isso.mjs';
import { isRemark42, readRemark42 } from './remark42.mjs';
import { readWordPress } from './wordpress.mjs';
import { rootOf } from './xml.mjs';

const enough = 64 * 1024;

/** The beginning of a text that comes in pieces. */
async function beginningOf(texts) {
  let text = '';
  for await (const piece of texts) {
    text += piece;
    if (text.length >= enough) break;
  }
  return text;
}

function firstBytes(path) {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(100);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Runs what reads a file; its error names the file. */
async function reading(path, work) {
  try {
    return await work();
  } catch (error) {
    throw new Error(
      `${path} can not be read: ${error.message}. Nothing was stored.`.replace(/\.\. Nothing/, '. Nothing'),
      { cause: error },
    );
  }
}

async function readFile(path, spool, options) {
  const input = await reading(path, () => openInput(path, options));
  const beginning = await reading(path, () => beginningOf(openInput(path).texts()));
  const root = rootOf(beginning);
  if (root === 'rss') return reading(path, () => readWordPress(input, spool, options));
  if (root === 'disqus') return reading(path, () => readDisqus(input, spool, options));
  const firstLine = beginning.replace(/^\uFEFF?\s*/, '').split('\n', 1)[0];
  if (isRemark42(firstLine)) return reading(path, () => readRemark42(input, spool, options));
  throw new Error(
    `${path} is no folder of an export, and neither a WordPress nor a Disqus export, nor one of Isso (its database) or Remark42 (its backup).`,
  );
}

/**
 * Reads all of a folder or file into the spool, checked to its end. Throws an Error that names what is at fault. `options` are
 * `posts()`, the posts that are here, and `onRead`, which is told of bytes.
 */
export async function readSource(path, spool, options) {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  if (statSync(path).isDirectory()) return readFolder(path, spool, { now: new Date() });
  // The same at every import of the file, so that what has no time of its own is the same too.
  const now = statSync(path).mtime;
  if (isSqlite(firstBytes(path))) return reading(path, () => readIsso(path, spool, { ...options, now }));
  return readFile(path, spool, { ...options, now });
}
