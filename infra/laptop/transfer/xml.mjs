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

/**
 * Reads a document as it comes. `handlers` have functions by the paths of elements, as `rss/channel/item`: each is given such an
 * element when it ends, and its parent, of which it is no part any more. So no more is in memory than one of them.
 */
function createReader(firstLine, handlers) {
  const parser = new SaxesParser({ position: true });
  parser.line = firstLine;
  const open = [{ children: [], texts: [], path: '' }];
  let line = firstLine;
  parser.on('error', ({ message }) => {
    throw Object.assign(new Error(message.replace(/^\d+:\d+: |\.$/g, '')), { line: parser.line });
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1);
    const path = parent.path === '' ? name : `${parent.path}/${name}`;
    const element = { name, attributes, line, path, children: [], texts: [] };
    if (handlers[path] === undefined) parent.children.push(element);
    open.push(element);
  });
  // White space between elements is most of the texts of a file that is laid out, and says nothing.
  parser.on('text', (value) => {
    const element = open.at(-1);
    if (value.trim() !== '' || element.children.length === 0)
      element.texts.push({ value: withoutPlaceholders(value), isCdata: false });
  });
  parser.on('cdata', (value) => open.at(-1).texts.push({ value: withoutPlaceholders(value), isCdata: true }));
  parser.on('closetag', () => {
    const element = open.pop();
    handlers[element.path]?.(element, open.at(-1));
  });
  return { write: (text) => parser.write(text), close: () => parser.close(), root: () => open[0].children[0] };
}

/** The strict parser sees a lone `&` no sooner than at the next `;`, or at the end. The other one names its line. */
function earliest(text, firstLine, { line, message }) {
  const { err } = XMLValidator.validate(text);
  const earlier = err?.code === 'InvalidChar' ? err.line + firstLine - 1 : line;
  return earlier < line ? { line: earlier, message: err.msg.replace(/\.$/, '') } : { line, message };
}

const leadingSpace = (text) => /^\uFEFF?\s*/.exec(text)[0];
const cleaned = (text) => text.replace(forbidden, placeholder);

async function faultOf(input, error) {
  if (error.line === undefined) return error;
  const whole = await input.whole();
  const space = leadingSpace(whole ?? '');
  const { line, message } =
    whole === undefined ? error : earliest(cleaned(whole.slice(space.length)), space.split('\n').length, error);
  return faultAt({ line }, `the file is cut or broken: ${message}`);
}

/**
 * Parses an export of another system, to its end; see {@link createReader}. Gives its root element, without those that handlers
 * took. An element has `name`, `attributes`, `line`, `children` and `texts`. Entities that a document defines itself are not
 * known. Throws an Error that names the line where it isn't well-formed.
 */
export async function readXml(input, handlers) {
  let reader;
  let blank = '';
  try {
    for await (const text of input.texts()) {
      if (reader === undefined) {
        blank += text;
        const space = leadingSpace(blank);
        if (space.length === blank.length) continue;
        reader = createReader(space.split('\n').length, handlers);
        reader.write(cleaned(blank.slice(space.length)));
      } else reader.write(cleaned(text));
    }
    reader ??= createReader(1, handlers);
    reader.close();
    return reader.root();
  } catch (error) {
    throw await faultOf(input, error);
  }
}

/** The name of a document's element; undefined where its beginning shows none. */
export const rootOf = (text) => /^(?:\s|\uFEFF|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<([\w:]+)/s.exec(text)?.[1];

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

/**
 * Remembers which children elements have: an element that the program which wrote the file knows must be in each. `check`
 * throws where one is missing, of those that any has or, with `isRequired`, of all.
 */
export function createPresence(names) {
  const missing = new Map();
  const known = new Set();
  return {
    see(element) {
      for (const name of names) {
        if (childOf(element, name) !== undefined) known.add(name);
        else if (!missing.has(name)) missing.set(name, { name: element.name, line: element.line });
      }
    },
    check(isRequired = false) {
      for (const name of names) {
        const element = missing.get(name);
        if (element !== undefined && (isRequired || known.has(name)))
          throw faultAt(element, `<${element.name}> has no <${name}>`);
      }
    },
  };
}

/** A time as ISO 8601, UTC; undefined where it is none. WordPress writes zeros, or a year before all years, for "never". */
export function timeOf(text) {
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
  const time = new Date(text.includes('-0001') ? Number.NaN : iso);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
