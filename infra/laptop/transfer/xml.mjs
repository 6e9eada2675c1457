import { XMLValidator } from 'fast-xml-parser';
import { SaxesParser } from 'saxes';

/**
 * What XML forbids, though texts that people pasted into WordPress hold it. Until it is parsed a character that no text uses
 * stands in its place: to take it out before could make markup of what is around it.
 */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const placeholder = '\u{10FFFF}';
const withoutPlaceholders = (text) => text.replaceAll(placeholder, '');

/** An error of a document, which names the line. */
export const faultAt = ({ line }, message) => new Error(`line ${line}: ${message}`);

/** The document's element, with all that is in it. Throws at the first thing that isn't well-formed, with its `line`. */
function treeOf(text, firstLine) {
  const parser = new SaxesParser({ position: true });
  parser.line = firstLine;
  const roots = [];
  const open = [{ children: roots, texts: [] }];
  let line = firstLine;
  parser.on('error', ({ message }) => {
    throw Object.assign(new Error(message.replace(/^\d+:\d+: |\.$/g, '')), { line: parser.line });
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, line, children: [], texts: [] };
    open.at(-1).children.push(element);
    open.push(element);
  });
  parser.on('text', (value) => open.at(-1).texts.push({ value: withoutPlaceholders(value), isCdata: false }));
  parser.on('cdata', (value) => open.at(-1).texts.push({ value: withoutPlaceholders(value), isCdata: true }));
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return roots[0];
}

/** The strict parser sees a lone `&` no sooner than at the next `;`, or at the end. The other one names its line. */
function earliest(text, firstLine, { line, message }) {
  const { err } = XMLValidator.validate(text);
  const earlier = err?.code === 'InvalidChar' ? err.line + firstLine - 1 : line;
  return earlier < line ? { line: earlier, message: err.msg.replace(/\.$/, '') } : { line, message };
}

/**
 * Parses an export of another system, to its end: its root element. An element has `name`, `attributes`, `line`, `children` and
 * `texts`. Entities that a document defines itself are not known. Throws an Error that names the line where it isn't well-formed.
 */
export function parseXml(given) {
  const text = given.replace(/^\uFEFF?\s*/, '').replace(forbidden, placeholder);
  const firstLine = /^\uFEFF?\s*/.exec(given)[0].split('\n').length;
  try {
    return treeOf(text, firstLine);
  } catch (error) {
    if (error.line === undefined) throw error;
    const { line, message } = earliest(text, firstLine, error);
    throw faultAt({ line }, `the file is cut or broken: ${message}`);
  }
}

/** The elements of this name in another one. */
export const childrenOf = (element, name) => element?.children.filter((child) => child.name === name) ?? [];

/** The element of this name; undefined where there is none. Throws where there are several: nobody knows which one counts. */
export function childOf(element, name) {
  const [first, second] = childrenOf(element, name);
  if (second !== undefined) throw faultAt(second, `<${element.name}> has more than one <${name}>`);
  return first;
}

/** The text in an element, '' where it is absent. White space beside CDATA, or around a text without any, is layout. */
export function textIn(element) {
  const texts = element?.texts ?? [];
  const cdata = texts.some(({ isCdata }) => isCdata);
  if (!cdata)
    return texts
      .map(({ value }) => value)
      .join('')
      .trim();
  return texts.map(({ value, isCdata }) => (isCdata ? value : value.trim())).join('');
}

/** The text of an element's child, '' where there is no such child. */
export const textOf = (element, name) => textIn(childOf(element, name));

/** Throws where one of these elements is missing. Absent is not empty: in a file that was cut it could have said anything. */
export function requireChildren(element, names) {
  const missing = names.find((name) => childOf(element, name) === undefined);
  if (missing !== undefined) throw faultAt(element, `<${element.name}> has no <${missing}>`);
}

/** The text of a child that must say something. */
export function requiredText(element, name) {
  requireChildren(element, [name]);
  const text = textOf(element, name).trim();
  if (text === '') throw faultAt(childOf(element, name), `<${name}> is empty`);
  return text;
}

/** Those of these names that any of the elements has a child of: what the program that wrote the file knows. */
export const knownChildren = (elements, names) =>
  names.filter((name) => elements.some((element) => childrenOf(element, name).length > 0));

/** A time as ISO 8601, UTC; undefined where it is none. WordPress writes zeros, or a year before all years, for "never". */
export function timeOf(text) {
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
  const time = new Date(text.includes('-0001') ? Number.NaN : iso);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
