import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

const markdown = new MarkdownIt({
  html: false,
  linkify: true,
  typographer: true,
  highlight: (code, language) =>
    hljs.getLanguage(language) ? hljs.highlight(code, { language, ignoreIllegals: true }).value : '',
});

const sanitizing: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'span', 'em', 'strong', 's'],
    ...['ul', 'ol', 'li', 'a', 'img', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    ol: ['start'],
    code: [{ name: 'class', multiple: true, values: ['language-*'] }],
    span: [{ name: 'class', multiple: true, values: ['hljs-*'] }],
  },
  allowedClasses: { code: ['language-*'], span: ['hljs-*', 'function_', 'class_', 'inherited__'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: {
    a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener ugc' }),
    img: sanitizeHtml.simpleTransform('img', { loading: 'lazy' }),
    // The page's own title is its only h1.
    h1: 'h2',
  },
};

/** Markdown as HTML that is safe to put into a page: raw HTML is shown as text, and what is left is sanitised. */
export function renderMarkdown(text: string): string {
  return sanitizeHtml(markdown.render(text), sanitizing);
}

/** {@link renderMarkdown} and {@link excerptOf} of a text in one go, which takes less time. */
export function renderWithExcerpt(text: string): { html: string; excerpt: string } {
  // The excerpt of a longer text is made of its beginning, parsed apart.
  if (text.length > mostForExcerpt) return { html: renderMarkdown(text), excerpt: excerptOf(text) };
  const environment = {};
  const tokens = markdown.parse(text, environment);
  const html = markdown.renderer.render(tokens, markdown.options, environment);
  return { html: sanitizeHtml(html, sanitizing), excerpt: excerptIn(tokens) };
}

/** What readers write: no headings, images, tables or rules, and each line break is one. */
const limited = new MarkdownIt({ html: false, linkify: true, breaks: true });
limited.disable(['heading', 'lheading', 'hr', 'image', 'table']);

const limitedSanitizing: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'blockquote', 'pre', 'code', 'em', 'strong', 's', 'ul', 'ol', 'li', 'a'],
  allowedAttributes: { a: ['href', 'title', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow ugc noopener' }) },
};

/**
 * Limited Markdown as HTML that is safe to put into a page: paragraphs, emphasis, code, links, lists and quotes. All else,
 * raw HTML too, is shown as the text that it is.
 */
export function renderLimitedMarkdown(text: string): string {
  return plainSentences.test(text) ? `<p>${text}</p>\n` : parseLimitedMarkdown(text);
}

/** What {@link renderLimitedMarkdown} gives, found the long way whatever the text. */
export function parseLimitedMarkdown(text: string): string {
  return sanitizeHtml(limited.render(text), limitedSanitizing);
}

/**
 * One line of words, with nothing between them that Markdown, a link or HTML could begin with: what most people write.
 * Parsing it would only put a paragraph around it, and take most of the time in which a comment is read from the log.
 */
const plainSentences = /^\p{L}+(?:[,;!?.…]? [\p{L}\p{N}]+)*[!?.…]?$/u;

const excerptLength = 220;
/** A slice is enough for an excerpt, and keeps a long text from being parsed twice. */
const mostForExcerpt = 4_000;

/** The beginning of a text, without the half of a surrogate pair that a cut may leave. */
function beginningOf(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The first words of a Markdown text, as plain text of at most 220 characters, cut at a word. */
export function excerptOf(text: string): string {
  return excerptIn(markdown.parse(beginningOf(text, mostForExcerpt), {}));
}

function excerptIn(tokens: ReturnType<typeof markdown.parse>): string {
  const words = tokens
    .filter((token, index) => token.type === 'inline' && tokens[index - 1]?.type === 'paragraph_open')
    .map((token) => plainText(token.children ?? []))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words.length <= excerptLength) return words;
  return `${beginningOf(words, excerptLength).replace(/\s+\S*$/, '')}…`;
}

function plainText(tokens: readonly { type: string; content: string }[]): string {
  return tokens
    .map((token) => (token.type === 'softbreak' || token.type === 'hardbreak' ? ' ' : token.content))
    .join('');
}
