/** Text as Markdown that shows it: no more is escaped than would mean something. */
import { LinkifyIt } from 'linkify-it';
import { emphases, isBlock, isElement, isEmphasis, isText, within } from './nodes.mjs';

/** What finds addresses when the Markdown is rendered finds them here too, with the same settings. */
const linkify = new LinkifyIt();

const isWord = (character = '') => /[\p{L}\p{N}]/u.test(character);
const isPunctuation = (character = '') => /[\p{P}\p{S}]/u.test(character);
const first = (text) => [...text.slice(0, 2)][0] ?? '';
const last = (text) => [...text.slice(-2)].at(-1) ?? '';

/** Whether a text begins a line of Markdown. */
function beginsLine(node) {
  for (let one = node; ; one = one.parentNode) {
    let before = one.previousSibling;
    while (isText(before) && before.data.trim() === '') before = before.previousSibling;
    if (before !== null) return isBlock(before) || before.nodeName === 'BR';
    if (one.parentNode === null || isBlock(one.parentNode)) return true;
  }
}

const isEntity = (text) => /^&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/i.test(text);

/** Whether a character means something to Markdown where it stands. `endsBlock`: nothing follows the text. */
function means(text, at, { isInLink, endsBlock }) {
  const [character, next, before] = [text[at], text[at + 1], text[at - 1]];
  const isEnd = next === undefined && !endsBlock;
  switch (character) {
    case '\\':
      return isEnd || /[!-/:-@[-`{-~\n]/.test(next ?? '');
    case '`':
      return true;
    case '*':
      return !(/\s/.test(before ?? '') && /\s/.test(next ?? ''));
    case '_':
      return !(isWord(before) && isWord(next));
    case '[':
      return isInLink;
    case ']':
      return isInLink || isEnd || /[([:]/.test(next ?? '');
    case '<':
      return isEnd || /[a-z/!?]/i.test(next ?? '');
    case '&':
      return isEnd || isEntity(text.slice(at, at + 40));
    case '~':
      return isEnd || before === undefined || next === '~' || before === '~';
    case '!':
      return isEnd || next === '[';
    default:
      return false;
  }
}

const lineStart = /^(\s*)(?:([-+=#>|:~])|(\d{1,9})([.)])(?=\s|$))/;

export function escapeText(
  text,
  { beginsLine: atStart = false, isInLink = false, isInHeading = false, endsBlock = false } = {},
) {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    result += means(text, at, { isInLink, endsBlock }) ? `\\${text[at]}` : text[at];
  }
  if (isInHeading) result = result.replace(/(#+)(\s*)$/, (_, marks, space) => marks.replaceAll('#', '\\#') + space);
  if (!atStart) return result;
  return result.replace(lineStart, (_, space, mark, number, point) =>
    mark ? `${space}\\${mark}` : `${space}${number}\\${point}`,
  );
}

/** The first or last character that an element shows as Markdown. */
function edge(node, side) {
  if (isText(node)) return side === 'first' ? first(node.data.trimStart()) : last(node.data.trimEnd());
  if (!isElement(node)) return '';
  if (!isEmphasis(node) && !['SPAN', 'FONT', 'SMALL', 'BIG', 'LABEL', 'ABBR', 'TIME'].includes(node.nodeName))
    return '!';
  const children = Array.from(node.childNodes);
  for (const child of side === 'first' ? children : children.reverse()) {
    const character = edge(child, side);
    if (character !== '') return character;
  }
  return '';
}

const asEntity = (character) => `&#${character.codePointAt(0)};`;
const breaks = (neighbour, side) => emphases.has(neighbour?.nodeName) && isPunctuation(edge(neighbour, side));

/**
 * Emphasis whose first or last sign is punctuation ends nowhere beside a letter (「注意」です): the letter is written as an
 * entity there.
 */
function besideEmphasis(node, given, escaped) {
  let text = escaped;
  const [start, end] = [first(given), last(given)];
  if (isWord(end) && breaks(node.nextSibling, 'first') && text.endsWith(end))
    text = text.slice(0, -end.length) + asEntity(end);
  if (isWord(start) && breaks(node.previousSibling, 'last') && text.startsWith(start))
    text = asEntity(start) + text.slice(start.length);
  return text;
}

/** Whether an address may stand as it is: what is around it neither goes on with it nor is an emphasis's end. */
function standsAlone(node, { before, after }) {
  const isInPlain = isBlock(node.parentNode);
  const isFree = (text, sibling, pattern) =>
    text === '' ? sibling === null || isBlock(sibling) || sibling.nodeName === 'BR' : pattern.test(text);
  return (
    isInPlain &&
    isFree(before, node.previousSibling, /[\s(]$/) &&
    isFree(after, node.nextSibling, /^[.,;:!?)]*(?:\s|$)/)
  );
}

/** An address as Markdown that makes a link of it, and of nothing else. */
function addressMarkdown({ schema, text, url }, { isAlone, isInPlain }) {
  const hasScheme = schema !== '' && schema !== '//';
  if (isAlone && hasScheme && schema !== 'mailto:') return text;
  if (hasScheme) return `<${text}>`;
  const isPlain = escapeText(text) === text && !/[*_~]/.test(text);
  return isPlain && isInPlain ? text : `[${escapeText(text, { isInLink: true })}](${url})`;
}

/** A text node's Markdown: addresses in it that become links are left as they are. */
function markdownOf(node) {
  const text = node.data;
  const isInLink = within(node, ['A']);
  const options = { isInLink, isInHeading: within(node, ['H1', 'H2', 'H3', 'H4', 'H5', 'H6']) };
  const matches = isInLink || !/[.:@]/.test(text) ? [] : (linkify.match(text) ?? []);
  let result = '';
  let at = 0;
  for (const match of matches) {
    const before = text.slice(at, match.index);
    result += escapeText(before, { ...options, beginsLine: at === 0 && beginsLine(node) });
    const around = { before: text.slice(0, match.index), after: text.slice(match.lastIndex) };
    result += addressMarkdown(match, { isAlone: standsAlone(node, around), isInPlain: isBlock(node.parentNode) });
    at = match.lastIndex;
  }
  const endsBlock = node.nextSibling === null && isBlock(node.parentNode);
  result += escapeText(text.slice(at), { ...options, endsBlock, beginsLine: at === 0 && beginsLine(node) });
  return besideEmphasis(node, text, result);
}

function textNodes(node) {
  return Array.from(node.childNodes).flatMap((child) =>
    isText(child) ? [child] : isElement(child) ? textNodes(child) : [],
  );
}

/** Escapes all texts of a document, except those of code. */
export function escapeTexts(root) {
  const escaped = textNodes(root)
    .filter((node) => node.data !== '' && !within(node, ['CODE', 'PRE']))
    .map((node) => [node, markdownOf(node)]);
  for (const [node, markdown] of escaped) node.data = markdown;
}
