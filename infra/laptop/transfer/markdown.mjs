import TurndownService from 'turndown';

const blockTags =
  'address|article|aside|blockquote|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul';
const isBlock = (token = '') => new RegExp(`^</?(?:${blockTags})\\b`, 'i').test(token);

/** What keeps its line breaks as they are, another tag, text, or a `<` that begins no tag. */
const tokens = /<(pre|script|style|textarea)\b.*?<\/\1\s*>|<\/?[a-z][^<>]*>|[^<]+|</gis;

/**
 * HTML of those who let their program make the paragraphs: a blank line becomes the end of one, a single line break stays
 * one. Beside a block's tag both mean nothing.
 */
export function withParagraphs(html) {
  const all = html.replace(/\r\n?/g, '\n').match(tokens) ?? [];
  const textWithBreaks = (text, index) => {
    const start = isBlock(all[index - 1]) || index === 0 ? text.trimStart() : text;
    const trimmed = isBlock(all[index + 1]) || index === all.length - 1 ? start.trimEnd() : start;
    return trimmed.replace(/[ \t]*\n(?:[ \t]*\n)+/g, '<p></p>').replace(/[ \t]*\n/g, '<br>');
  };
  return all.map((token, index) => (token.startsWith('<') ? token : textWithBreaks(token, index))).join('');
}

/** A fence that is longer than any row of backticks in the text. */
function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((row) => row.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}\n${text.replace(/^\n|\n$/g, '')}\n${fence}\n\n`;
}

/** Turns the HTML of other systems into Markdown. What a browser doesn't show is left out. */
export function markdownWriter() {
  const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  turndown.remove(['script', 'style', 'textarea']);
  turndown.addRule('preformatted', {
    filter: (node) => node.nodeName === 'PRE' && node.firstChild?.nodeName !== 'CODE',
    replacement: (_content, node) => fenced(node.textContent),
  });
  return (html) => turndown.turndown(html);
}
