import { withParagraphs } from './paragraphs.mjs';
import { markdownWriter } from './to-markdown.mjs';

const writers = { post: markdownWriter(), comment: markdownWriter({ isLimited: true }) };

/** Posts of the block editor are whole HTML; in those of the classic editor, and in comments, lines make the paragraphs. */
export function htmlOfWordPress(html, { isLimited = false } = {}) {
  const write = isLimited ? writers.comment : writers.post;
  return write(html, /<!--\s*wp:/.test(html) ? {} : { withParagraphs });
}
