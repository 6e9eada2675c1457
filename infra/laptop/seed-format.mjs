/**
 * A post as a text file: front matter, then Markdown. A reply answers the comment above it.
 *
 *     ---
 *     title: Any title
 *     tags: one, two
 *     comment: Ada | What she has to say
 *     reply: Grace | What she answers
 *     ---
 *     The body.
 */
export function parseSeed(text) {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  if (match === null) throw new Error(`No front matter: ${text.slice(0, 60)}`);
  const lines = match[1].split(/\r?\n/);
  const field = (name) =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  return {
    title: field('title'),
    tags: field('tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    comments: lines.flatMap(parseComment),
    body: match[2].trim(),
  };
}

function parseComment(line) {
  const match = /^(comment|reply): ([^|]+) \| (.+)$/.exec(line);
  return match === null ? [] : [{ isReply: match[1] === 'reply', author: match[2], content: match[3] }];
}
