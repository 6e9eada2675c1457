/** Turns the HTML of other systems into Markdown that shows the same here. What a browser doesn't show is left out. */
import domino from '@mixmark-io/domino';
import TurndownService from 'turndown';
import { escapeText, escapeTexts } from './escape.mjs';
import { keepSources, linkMedia } from './media.mjs';
import { attribute, isBlock, isText } from './nodes.mjs';
import { withoutShortcodes } from './shortcodes.mjs';
import { prepareTables, tableMarkdown } from './tables.mjs';
import { joinEmphasis, removeUnseen, repairLists, sinkInline, translateElements, trimBreaks } from './tidy.mjs';

/** A fence that is longer than any row of backticks in the text. */
function fenced(text, language) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((row) => row.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}${language}\n${text.replace(/^\n|\n$/g, '')}\n${fence}\n\n`;
}

/** What a block of code says of its language, in one of the ways of plugins and of other programs. */
function languageOf(pre) {
  const code = pre.getElementsByTagName('CODE')[0];
  const elements = [pre, ...(code ? [code] : []), pre.parentNode].filter((one) => one.getAttribute);
  for (const element of elements) {
    const classes = attribute(element, 'class');
    const [, language] =
      /(?:^|\s)(?:language-|lang-|lang:|brush:\s*|highlight-source-|highlight-text-)([\w+#.-]+)/.exec(classes) ?? [];
    const given = language ?? (attribute(element, 'lang') || attribute(element, 'data-lang'));
    if (element !== pre.parentNode || language) if (/^[\w+#.-]+$/.test(given)) return given.toLowerCase();
  }
  return '';
}

/** An address as the target of a link: nothing in it ends the target, or is an escape. */
function target(address) {
  const safe = address
    .trim()
    .replace(/\s+/g, '%20')
    .replace(/[<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/&(?=#?\w+;)/g, '&amp;');
  return /[()]/.test(safe) ? `<${safe}>` : safe;
}

const titled = (node) => {
  const title = attribute(node, 'title').replace(/\s+/g, ' ');
  return title === '' ? '' : ` "${title.replace(/[\\"]/g, '\\$&').replace(/&(?=#?\w+;)/g, '\\&')}"`;
};

/** Whether a link is followed where the Markdown is shown. */
const isFollowed = (address) => address !== '' && !/^\s*(?!https?:|mailto:)[a-z][a-z\d+.-]*:/i.test(address);

function linkMarkdown(content, node) {
  const address = attribute(node, 'href');
  const text = content.replace(/\s*\n\s*/g, ' ').trim();
  if (!isFollowed(address) || text === '') return content;
  const isItself =
    /^https?:\/\/[^\s<>]*$/.test(address) && node.textContent.trim() === escapeText(address, { isInLink: true });
  if (isItself && titled(node) === '') return isAlone(node) && !/[()]/.test(address) ? address : `<${address}>`;
  const outside = (side) =>
    content.slice(
      side === 'start' ? 0 : content.trimEnd().length,
      side === 'start' ? content.length - content.trimStart().length : undefined,
    );
  return `${outside('start')}[${text}](${target(address)}${titled(node)})${outside('end')}`;
}

/** Whether nothing beside a link goes on with its address. */
function isAlone(node) {
  const isFree = (sibling, pattern) =>
    sibling === null ||
    isBlock(sibling) ||
    sibling.nodeName === 'BR' ||
    (isText(sibling) && pattern.test(sibling.data));
  return (
    isBlock(node.parentNode) && isFree(node.previousSibling, /[\s(]$/) && isFree(node.nextSibling, /^[.,;:!?]*(?:\s|$)/)
  );
}

function imageMarkdown(node, isLimited) {
  const address = attribute(node, 'src');
  const text = escapeText(attribute(node, 'alt').replace(/\s+/g, ' '), { isInLink: true });
  if (!isFollowed(address)) return text;
  if (!isLimited) return `![${text}](${target(address)}${titled(node)})`;
  const isInLink = node.parentNode?.nodeName === 'A';
  return isInLink ? text || 'image' : text === '' ? `<${address}>` : `[${text}](${target(address)})`;
}

const tagsOfPosts = ['sup', 'sub', 'ins', 'mark', 'kbd', 'u'];
const tagsOfComments = ['sup', 'sub'];

function createService(isLimited) {
  const turndown = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    emDelimiter: '*',
  });
  // Texts are escaped before, where it is known what is around them.
  turndown.escape = (text) => text;
  const rule = (name, filter, replacement) => turndown.addRule(name, { filter, replacement });
  rule('code block', ['pre'], (_content, node) => fenced(node.textContent, languageOf(node)));
  rule('struck out', ['del'], (content) => `~~${content}~~`);
  rule('link', ['a'], linkMarkdown);
  rule('image', ['img'], (_content, node) => imageMarkdown(node, isLimited));
  rule(
    'checkbox',
    (node) => node.nodeName === 'INPUT' && node.getAttribute('type') === 'checkbox',
    (_content, node) => (node.hasAttribute('checked') ? '[x] ' : '[ ] '),
  );
  rule('table', ['table'], (_content, node) => tableMarkdown(node, (cell) => turndown.turndown(cell), isLimited));
  rule('tags', isLimited ? tagsOfComments : tagsOfPosts, (content, node) => {
    const name = node.nodeName.toLowerCase();
    return content === '' ? '' : `<${name}>${content}</${name}>`;
  });
  rule('heading', ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'], (content, node) => {
    const text = content.replace(/\s*\n\s*/g, ' ').trim();
    return text === '' ? '' : `\n\n${'#'.repeat(Number(node.nodeName[1]))} ${text}\n\n`;
  });
  if (isLimited) rule('line', ['hr'], () => '\n\n\\* \\* \\*\n\n');
  return turndown;
}

const emptyBlock = /<!--\s*wp:([\w/-]+)[^>]*?\/-->/g;
const blocksWithout = new Set(['more', 'nextpage', 'spacer', 'separator']);

/**
 * A function that turns HTML into Markdown, for posts, or for comments (`isLimited`), which show less. It gives `markdown` and
 * `lost`: a kind for each thing that Markdown can't keep.
 */
export function markdownWriter({ isLimited = false } = {}) {
  const turndown = createService(isLimited);
  return (html, { withParagraphs } = {}) => {
    const lost = [];
    const lose = (kind) => lost.push(kind);
    for (const [, name] of html.matchAll(emptyBlock)) if (!blocksWithout.has(name)) lose(`block “${name}”`);
    const given = withoutShortcodes(html.replace(/<!--.*?-->/gs, ''), lose);
    const text = withParagraphs ? withParagraphs(given) : given;
    const document = domino.createDocument(`<x-turndown id="turndown-root">${text}</x-turndown>`, true);
    const root = document.getElementById('turndown-root');
    keepSources(root);
    removeUnseen(root, lose);
    linkMedia(root, lose);
    prepareTables(root);
    translateElements(root, lose, isLimited);
    repairLists(root);
    sinkInline(root);
    joinEmphasis(root);
    trimBreaks(root);
    escapeTexts(root);
    return { markdown: turndown.turndown(root), lost };
  };
}
