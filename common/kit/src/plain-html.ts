const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** So many characters become 2,000,000 at most, whatever they are. */
const longestPlain = 250_000;

/** A text as it was typed, as HTML: paragraphs and line breaks, and nothing else. What is too long ends in `…`. */
export function plainHtml(text: string): string {
  if (text.length > longestPlain) return `${plainHtml(beginningOf(text, longestPlain))}<p>…</p>\n`;
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${escaped(paragraph.trim()).replaceAll('\n', '<br />\n')}</p>\n`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}

/**
 * One line of words, with nothing between them that Markdown, a link or HTML could begin with: what most people write.
 * Parsing it would only put a paragraph around it, and take most of the time in which a comment is read from the log.
 */
const plainSentences = /^\p{L}+(?:[,;!?.…]? [\p{L}\p{N}]+)*[!?.…]?$/u;

/** The HTML of a text in which there is nothing to be parsed; undefined for all others. */
export function renderedAtOnce(text: string): { html: string } | undefined {
  return plainSentences.test(text) ? { html: `<p>${text}</p>\n` } : undefined;
}

const excerptLength = 220;

/** The beginning of a text, without the half of a surrogate pair that a cut may leave. */
export function beginningOf(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The first words of a plain text in one line: at most 220 characters, cut at a word. */
export function cutAtWord(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words.length <= excerptLength) return words;
  return `${beginningOf(words, excerptLength).replace(/\s+\S*$/, '')}…`;
}
