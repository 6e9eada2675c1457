import type MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { boundedMarkdown, largestHtmlOf, type MarkdownLimit, TooMuchMarkdown } from './bounded-markdown';
import { createHighlighter } from './highlight';
import { inlineTags } from './inline-tags';
import { beginningOf, cutAtWord, plainHtml, renderedAtOnce } from './plain-html';

let highlight = createHighlighter();

/** HTML that Markdown has nothing for. */
const fullTags = ['sup', 'sub', 'ins', 'mark', 'kbd', 'u', 'br'];
const limitedTags = ['sup', 'sub'];

const markdown = boundedMarkdown(
  { html: false, linkify: true, typographer: true, highlight: (code, language) => highlight(code, language) },
  (rules) => {
    // Quotes are made typographic. (c), -- and the like stay what was written: 501(c)(3) is no copyright.
    rules.disable('replacements');
    inlineTags(rules, fullTags);
    alignCells(rules);
  },
);

/** The alignment of a column as an attribute: pages and feeds allow no style. */
function alignCells({ renderer }: MarkdownIt.MarkdownIt): void {
  for (const name of ['th_open', 'td_open']) {
    renderer.rules[name] = (tokens, index, options, _environment, self) => {
      const token = tokens[index];
      const align = /^text-align:(left|center|right)$/.exec(String(token?.attrGet('style')))?.[1];
      if (align !== undefined) token?.attrSet('align', align);
      return self.renderToken(tokens, index, options);
    };
  }
}

const sanitizing: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'span', 'em', 'strong', 's'],
    ...['ul', 'ol', 'li', 'a', 'img', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
    ...fullTags,
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    ol: ['start'],
    th: ['align'],
    td: ['align'],
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

/** A text as HTML. The same text becomes the same on every machine, however slow it is. */
export interface RenderedText {
  html: string;
  /** Set if the text holds more Markdown than is rendered, and is shown as it was typed. */
  limit?: MarkdownLimit;
}

export interface RenderedWithExcerpt extends RenderedText {
  /** The first words, as plain text. */
  excerpt: string;
}

/** Markdown as HTML that is safe to put into a page: raw HTML is shown as text, and what is left is sanitised. */
export function renderMarkdown(text: string): string {
  return renderWithExcerpt(text).html;
}

/** The HTML of a text, and its first words. */
export function renderWithExcerpt(text: string): RenderedWithExcerpt {
  highlight = createHighlighter();
  let excerpt: string | undefined;
  const rendered = withinLimits(text, () => {
    const tokens = markdown.parse(text);
    // The excerpt of a longer text is made of its beginning, parsed apart.
    if (text.length <= mostForExcerpt) excerpt = excerptIn(tokens);
    return sanitizeHtml(markdown.render(tokens), sanitizing);
  });
  return { ...rendered, excerpt: excerpt ?? excerptOf(text) };
}

/** What `render` makes of the text, or the text as it was typed if that is too much. */
function withinLimits(text: string, render: () => string): RenderedText {
  try {
    const html = render();
    // Sanitising adds to each link.
    if (html.length > largestHtmlOf(text)) throw new TooMuchMarkdown('size');
    return { html };
  } catch (error) {
    if (!(error instanceof TooMuchMarkdown)) throw error;
    return { html: plainHtml(text), limit: error.limit };
  }
}

/** What readers write: no headings, images, tables or rules, and each line break is one. */
const limited = boundedMarkdown({ html: false, linkify: true, breaks: true }, (rules) => {
  rules.disable(['heading', 'lheading', 'hr', 'image', 'table']);
  inlineTags(rules, limitedTags);
});

const limitedSanitizing: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'blockquote', 'pre', 'code', 'em', 'strong', 's', 'ul', 'ol', 'li', 'a', ...limitedTags],
  allowedAttributes: { a: ['href', 'title', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow ugc noopener' }) },
};

/**
 * Limited Markdown as HTML that is safe to put into a page: paragraphs, emphasis, code, links, lists, quotes, raised and
 * lowered text. All else, raw HTML too, is shown as the text that it is.
 */
export function renderLimitedMarkdown(text: string): string {
  return renderLimited(text).html;
}

/** {@link renderLimitedMarkdown}, and whether it was too much. */
export function renderLimited(text: string): RenderedText {
  return renderedAtOnce(text) ?? parseLimited(text);
}

/** What {@link renderLimited} gives, found the long way whatever the text. */
export function parseLimited(text: string): RenderedText {
  return withinLimits(text, () => sanitizeHtml(limited.render(limited.parse(text)), limitedSanitizing));
}

/** A slice is enough for an excerpt, and keeps a long text from being parsed twice. */
const mostForExcerpt = 4_000;

/** The first words of a Markdown text, as plain text of at most 220 characters, cut at a word. */
export function excerptOf(text: string): string {
  const beginning = beginningOf(text, mostForExcerpt);
  try {
    return excerptIn(markdown.parse(beginning));
  } catch (error) {
    if (!(error instanceof TooMuchMarkdown)) throw error;
    return cutAtWord(beginning);
  }
}

function excerptIn(tokens: readonly MarkdownIt.Token[]): string {
  return cutAtWord(
    tokens
      .filter((token, index) => token.type === 'inline' && tokens[index - 1]?.type === 'paragraph_open')
      .map((token) => plainText(token.children ?? []))
      .join(' '),
  );
}

const plainTexts: Record<string, string> = { softbreak: ' ', hardbreak: ' ', sup_open: '^', sub_open: '_' };

function plainText(tokens: readonly { type: string; content: string }[]): string {
  return tokens.map((token) => plainTexts[token.type] ?? token.content).join('');
}
