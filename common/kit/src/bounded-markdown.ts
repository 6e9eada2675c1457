import MarkdownIt from 'markdown-it';

type Token = MarkdownIt.Token;

/**
 * Why a text is shown as it was typed and not as Markdown. Each depends on the text alone, never on the time that
 * something took: every machine decides alike.
 */
export type MarkdownLimit = 'nesting' | 'parts' | 'size';

/** Thrown while a text is read whose Markdown is more than is rendered. */
export class TooMuchMarkdown extends Error {
  override readonly name = 'TooMuchMarkdown';
  constructor(readonly limit: MarkdownLimit) {
    super(`too much Markdown: ${limit}`);
  }
}

/** A longer text is not looked at: events from elsewhere may hold any. */
const longestText = 200_000;
/** Quotes and lists inside each other: a list takes two levels. */
const deepestNesting = 40;
/** Elements, texts and line breaks. */
const mostParts = 100_000;
/** A label of an image is parsed again inside of it, and so are the labels inside of that one. */
const mostParsedAgain = 4;
const deepestLabels = 8;

/** A longer text without a break has no links made of its addresses: looking for them takes time with its square. */
const longestLinked = 5_000;

/** HTML may have so many characters for each of the text, and so many in all. */
const mostGrowth = 16;
export const largestHtml = 2_000_000;
/** What a few words may grow to: a link has more around it than in it. */
const smallestBound = 1_000;

export function largestHtmlOf(text: string): number {
  return Math.min(Math.max(mostGrowth * text.length, smallestBound), largestHtml);
}

export interface BoundedMarkdown {
  /** Throws TooMuchMarkdown. */
  parse(text: string): Token[];
  /** The HTML of what was parsed last. Throws TooMuchMarkdown. */
  render(tokens: Token[]): string;
}

/** A parser that stops at its limits, and knows how large its HTML will be before it makes it. */
export function boundedMarkdown(
  options: MarkdownIt.MarkdownItOptions,
  adapt: (markdown: MarkdownIt.MarkdownIt) => void,
): BoundedMarkdown {
  const markdown = new MarkdownIt({ ...options, maxNesting: deepestNesting + 2 });
  adapt(markdown);
  let environment = {};
  let largest = 0;
  const counts = { parts: 0, characters: 0, depth: 0 };

  function count(token: Token): Token {
    counts.parts += 1;
    if (counts.parts > mostParts) throw new TooMuchMarkdown('parts');
    if (token.level > deepestNesting) throw new TooMuchMarkdown('nesting');
    return token;
  }
  countTokens(markdown, count);
  countInline(markdown, counts);
  const { linkify } = markdown;
  const match = linkify.match.bind(linkify);
  linkify.match = (text) => (text.length > longestLinked ? [] : match(text));

  return {
    parse(text) {
      if (text.length > longestText) throw new TooMuchMarkdown('size');
      Object.assign(counts, { parts: 0, characters: mostParsedAgain * text.length + smallestBound, depth: 0 });
      environment = {};
      largest = largestHtmlOf(text);
      return markdown.parse(text, environment);
    },
    render(tokens) {
      if (sizeOf(tokens) > largest) throw new TooMuchMarkdown('size');
      const html = markdown.renderer.render(tokens, markdown.options, environment);
      if (html.length > largest) throw new TooMuchMarkdown('size');
      return html;
    },
  };
}

/** Sees each token when it is made, so that no text makes more of them than memory holds. */
function countTokens({ block, inline }: MarkdownIt.MarkdownIt, count: (token: Token) => Token): void {
  block.State = class extends block.State {
    override push(...parts: Parameters<InstanceType<typeof block.State>['push']>): Token {
      return count(super.push(...parts));
    }
  };
  inline.State = class extends inline.State {
    override push(...parts: Parameters<InstanceType<typeof inline.State>['push']>): Token {
      return count(super.push(...parts));
    }
  };
}

function countInline({ inline }: MarkdownIt.MarkdownIt, counts: { characters: number; depth: number }): void {
  const parse = inline.parse.bind(inline);
  inline.parse = (text, ...rest) => {
    counts.characters -= text.length;
    counts.depth += 1;
    if (counts.characters < 0 || counts.depth > deepestLabels) throw new TooMuchMarkdown('nesting');
    parse(text, ...rest);
    counts.depth -= 1;
  };
}

/** About how many characters of HTML become of tokens, colours and escapes left out. Throws TooMuchMarkdown. */
function sizeOf(tokens: readonly Token[]): number {
  let size = 0;
  let depth = 0;
  for (const { tag, attrs, content, children, nesting } of tokens) {
    // Emphasis is found last, when its tokens have their levels already.
    depth += nesting;
    if (depth > deepestNesting) throw new TooMuchMarkdown('nesting');
    size += 2 * tag.length + content.length;
    for (const [name, value] of attrs ?? []) size += name.length + String(value).length;
    if (children) size += sizeOf(children) - content.length;
  }
  return size;
}
