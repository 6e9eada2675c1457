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
