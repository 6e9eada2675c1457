/** Inside words: what is not here ends one. */
const inline = /<\/?(?:a|code|em|img|ins|kbd|mark|s|span|strong|sub|sup|u)\b[^>]*>/g;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
/** Characters that a text may hold and no reader sees. */
const unseen = /[\u0000-\u001f\u007f]+/g;

/** The words of sanitised HTML, as plain text in one line. */
export function textOf(html: string): string {
  return html
    .replace(inline, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot);/g, (_entity, name: string) => entities[name] ?? '')
    .replace(unseen, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** No text of {@link textOf} holds these, so they mark what was found until it is escaped. */
export const markBegins = '\u0002';
export const markEnds = '\u0003';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** An excerpt with marks as HTML: escaped, and what was found inside `<mark>`. */
export function excerptHtml(marked: string): string {
  return marked
    .replace(/[&<>"']/g, (character) => escapes[character] ?? '')
    .replaceAll(markBegins, '<mark>')
    .replaceAll(markEnds, '</mark>');
}

/** More words than these narrow nothing down. */
const mostWords = 16;

/**
 * What people type as a query of FTS5: all of the words, the last one also as the beginning of one. Quoted, so that
 * nothing of it is taken for syntax. Undefined where it has no word.
 */
export function searchExpression(typed: string): string | undefined {
  const words = typed.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)?.slice(0, mostWords);
  return words && `${words.map((word) => `"${word}"`).join(' ')}*`;
}
