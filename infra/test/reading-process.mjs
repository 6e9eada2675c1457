// Reads exports for a test, one message after the other: `{ reader, input, posts, now }`, or `{ html }`. It ends with its parent.
import { Buffer } from 'node:buffer';
import { checkAll } from '../laptop/transfer/check.mjs';
import { readDisqus } from '../laptop/transfer/disqus.mjs';
import { readFolder } from '../laptop/transfer/folder.mjs';
import { markdownWriter } from '../laptop/transfer/html/to-markdown.mjs';
import { decodingStream } from '../laptop/transfer/decode.mjs';
import { readIsso } from '../laptop/transfer/isso.mjs';
import { planOf, shortLines } from '../laptop/transfer/plan.mjs';
import { readRemark42 } from '../laptop/transfer/remark42.mjs';
import { createSpool } from '../laptop/transfer/spool.mjs';
import { readWordPress } from '../laptop/transfer/wordpress.mjs';

const readers = {
  wordpress: readWordPress,
  disqus: readDisqus,
  folder: readFolder,
  isso: readIsso,
  remark42: readRemark42,
};

/** A text, or bytes in base64, in pieces of a few signs: no sign of it matters where a piece ends. */
function inputOf(input, pieces) {
  if (input.base64 !== undefined) {
    const bytes = Buffer.from(input.base64, 'base64');
    const parts = Array.from({ length: Math.ceil(bytes.length / pieces) }, (_, part) =>
      bytes.subarray(part * pieces, (part + 1) * pieces),
    );
    return { texts: () => decodingStream(parts), whole: () => undefined };
  }
  const signs = pieces < input.length ? [...input] : [input];
  const texts = Array.from({ length: Math.ceil(signs.length / pieces) }, (_, part) =>
    signs.slice(part * pieces, (part + 1) * pieces).join(''),
  );
  return { texts: () => texts, whole: () => input };
}

const postOf = ({ id, title, created_at: createdAt, draft, json }) => ({
  id,
  title,
  createdAt,
  draft: draft === 1,
  ...JSON.parse(json),
});
const commentOf = ({ id, post_id: postId, parent_id: parentId, created_at: createdAt, status, json }) => ({
  ...{ id, postId, createdAt, status, ...JSON.parse(json) },
  ...(parentId === null ? {} : { parentId }),
});

async function read({ reader, input, posts, now, pieces = 1_000_000 }) {
  const spool = createSpool({ inMemory: true });
  try {
    const given = ['folder', 'isso'].includes(reader) ? input : inputOf(input, pieces);
    const found = await readers[reader](given, spool, { now: new Date(now), posts: () => Promise.resolve(posts) });
    checkAll(spool, found);
    const rows = (table) => spool.db.prepare(`SELECT * FROM ${table} WHERE reason IS NULL ORDER BY seq`).all();
    const plan = planOf(spool);
    return {
      posts: rows('posts').map(postOf),
      comments: rows('comments').map(commentOf),
      ...{ notes: shortLines(plan), plan, problems: found.problems ?? [] },
    };
  } finally {
    spool.close();
  }
}

async function answer(message) {
  if (message.html !== undefined) return markdownWriter(message.options)(message.html);
  try {
    return { read: await read(message) };
  } catch (error) {
    return { error: error.message, stack: error.stack };
  }
}

process.on('message', async (message) => process.send(await answer(message)));
process.on('disconnect', () => process.exit());
