import { parse as parseToml } from 'smol-toml';
import { isMap, isScalar, parseDocument, visit } from 'yaml';

const faultIn = (path, line, message) => new Error(`${path}, line ${line}: ${message}`);

/** How front matter begins and ends, by its language. */
const kinds = [
  { name: 'YAML', begin: /^---(?:yaml)?[ \t]*\r?\n/, end: /^(?:---|\.\.\.)[ \t]*$/m, mark: '---' },
  { name: 'TOML', begin: /^(?:\+\+\+|---toml)[ \t]*\r?\n/, end: /^(?:\+\+\+|---)[ \t]*$/m, mark: '+++' },
  { name: 'JSON', begin: /^---json[ \t]*\r?\n/, end: /^---[ \t]*$/m, mark: '---' },
];

/** Splits a file into the lines of its front matter and its body. Throws an Error where it has none, or one without an end. */
function split(path, text) {
  if (/^\{\s*["}]/.test(text)) return splitJson(path, text);
  const kind = kinds.find(({ begin }) => begin.test(text));
  if (kind === undefined) {
    const other = /^---(\w+)/.exec(text)?.[1];
    if (other) throw new Error(`${path}: front matter in ${other} is not known; YAML, TOML and JSON are.`);
    throw new Error(`${path} does not begin with front matter between two lines of ---.`);
  }
  const start = kind.begin.exec(text)[0].length;
  const rest = text.slice(start);
  const end = kind.end.exec(rest);
  if (end === null) throw faultIn(path, 1, `the front matter that begins here has no end, a line of ${kind.mark}.`);
  const body = rest.slice(end.index + end[0].length).replace(/^\r?\n/, '');
  return { kind: kind.name, lines: rest.slice(0, end.index), body, before: 1 };
}

/** Hugo's JSON: an object, and behind it the text. */
function splitJson(path, text) {
  const end = /^\}[ \t]*\r?$/m.exec(text);
  if (end === null) throw faultIn(path, 1, 'the front matter that begins here has no end, a line of }.');
  const length = end.index + end[0].length;
  return { kind: 'JSON', lines: text.slice(0, length), body: text.slice(length).replace(/^\r?\n\s*/, ''), before: 0 };
}

/** What YAML calls a number or a date is the text that was written: a title 3.10, a tag 007. */
function asWritten(document) {
  visit(document, {
    Scalar(_key, node) {
      const isPlain = node.type === 'PLAIN' && node.value !== null;
      if (isPlain && typeof node.value !== 'string' && typeof node.value !== 'boolean') node.value = node.source;
    },
  });
}

function readYaml({ lines, before }, path) {
  const document = parseDocument(lines, { merge: true });
  const [error] = document.errors;
  if (error) {
    const line = (error.linePos?.[0].line ?? 1) + before;
    throw new Error(`${path}: the front matter is no YAML: line ${line}: ${error.message}`, { cause: error });
  }
  asWritten(document);
  const nodeOf = (key) =>
    isMap(document.contents) ? document.contents.items.find((pair) => String(pair.key) === key) : undefined;
  const lineOf = (key) => lines.slice(0, nodeOf(key)?.key.range?.[0] ?? 0).split('\n').length + before;
  /** A scalar's text: `True` is a title like any other. */
  const textOf = (key) => {
    const node = nodeOf(key)?.value;
    return isScalar(node) && node.type === 'PLAIN' && node.value !== null ? node.source : undefined;
  };
  return { matter: document.toJS(), lineOf, textOf };
}

function readToml({ lines, before }, path) {
  try {
    const matter = parseToml(lines, { integersAsBigInt: true });
    const lineOf = (key) => {
      const at = lines.split('\n').findIndex((line) => line.replace(/^["']/, '').startsWith(key));
      return Math.max(at, 0) + 1 + before;
    };
    return { matter, lineOf };
  } catch (error) {
    const line = (error.line ?? 1) + before;
    throw new Error(`${path}: the front matter is no TOML: line ${line}: ${error.message.split('\n')[0]}`, {
      cause: error,
    });
  }
}

function readJson({ lines, before }, path) {
  try {
    return {
      matter: JSON.parse(lines),
      lineOf: (key) => lines.slice(0, Math.max(lines.indexOf(JSON.stringify(key)), 0)).split('\n').length + before,
    };
  } catch (error) {
    throw new Error(`${path}: the front matter is no JSON: ${error.message}`, { cause: error });
  }
}

const readers = { YAML: readYaml, TOML: readToml, JSON: readJson };

/** Whether a text begins as one with front matter does. */
export const hasFrontMatter = (text) =>
  kinds.some(({ begin }) => begin.test(text)) || /^\{\s*["}]/.test(text) || /^---\w+[ \t]*\r?\n/.test(text);

/**
 * Reads a Markdown file: its front matter as an object, its body, `textOf`, which gives a value as it was written, and `fault`,
 * which throws an Error with the file and the line of a key. Throws one itself where the front matter is none.
 */
export function readFrontMatter(path, text) {
  const parts = split(path, text);
  const { matter, lineOf, textOf = () => undefined } = readers[parts.kind](parts, path);
  if (typeof matter !== 'object' || matter === null || Array.isArray(matter)) {
    throw new Error(`${path}: the front matter has no lines like “title: Hello”.`);
  }
  const fault = (key, message) => {
    throw faultIn(path, lineOf(key), `${key} ${message}.`);
  };
  return { matter, body: parts.body, textOf, fault };
}
