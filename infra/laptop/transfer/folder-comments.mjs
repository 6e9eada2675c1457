/** The comments of a folder, one as JSON in each line of `comments.jsonl`. */
import { timeIn } from './dates.mjs';
import { decodingStream } from './decode.mjs';
import { linesOf } from './lines.mjs';
import { isStorable, most } from './texts.mjs';
import { createReadStream } from 'node:fs';

const statuses = ['approved', 'pending', 'rejected'];
const lengths = { id: most.id, postId: most.id, parentId: most.id, author: most.author, content: most.comment };

const isAbsent = (value) => value === undefined || value === null;

function requireTexts(comment, from) {
  for (const field of ['id', 'postId', 'content', 'createdAt']) {
    if (typeof comment?.[field] !== 'string' || comment[field].trim() === '')
      throw new Error(`${from} has no ${field}.`);
  }
  for (const [field, length] of Object.entries(lengths)) {
    const text = comment[field] ?? '';
    if (typeof text !== 'string') throw new Error(`${from}: ${field} must be a text.`);
    if (text.length > length) throw new Error(`${from}: ${field} must be at most ${length} characters.`);
    if (!isStorable(text)) throw new Error(`${from}: ${field} must not contain NUL or half of a surrogate pair.`);
  }
}

/** Times in any zone are UTC here, so that comments are in the order in which they were written. */
function timesIn(comment, from) {
  const time = (field) => {
    const found = timeIn(comment[field]);
    if (found === undefined) throw new Error(`${from}: ${field} must be a moment, as 2026-01-31T12:00:00Z.`);
    return found;
  };
  return { createdAt: time('createdAt'), ...(isAbsent(comment.editedAt) ? {} : { editedAt: time('editedAt') }) };
}

function readComment(line, from) {
  let comment;
  try {
    comment = JSON.parse(line);
  } catch (error) {
    throw new Error(`${from}: not JSON.`, { cause: error });
  }
  requireTexts(comment, from);
  // Without a status a comment waits.
  const { id, postId, parentId, author = '', content, status = 'pending' } = comment;
  if (!statuses.includes(status)) throw new Error(`${from}: status must be one of ${statuses.join(', ')}.`);
  return {
    id,
    postId,
    ...(isAbsent(parentId) ? {} : { parentId }),
    author: author ?? '',
    content,
    status,
    ...timesIn(comment, from),
  };
}

/** Each comment of the file, with `from`, where it is. Throws an Error that names the line at fault. */
export async function* commentsIn(path) {
  try {
    for await (const { line, number } of linesOf(decodingStream(createReadStream(path)))) {
      if (line.trim() === '') continue;
      const from = `${path}, line ${number}`;
      yield { from, comment: readComment(line.replace(/^\uFEFF/, ''), from) };
    }
  } catch (error) {
    throw error.message.startsWith('line ') ? new Error(`${path}, ${error.message}`, { cause: error }) : error;
  }
}
