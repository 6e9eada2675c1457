import { parseDocument } from 'yaml';

/** Words of YAML 1.1, which Jekyll reads and which are plain texts in YAML 1.2. */
const words = new Map([
  ...['true', 'yes', 'on', 'y', '1'].map((word) => [word, true]),
  ...['false', 'no', 'off', 'n', '0'].map((word) => [word, false]),
]);
const publicWords = new Set(['publish', 'published', 'public']);

const isSet = (value, fault) => words.get(String(value).trim().toLowerCase()) ?? fault('must be true or false');
const timeOf = (value, fault) => {
  const time = Date.parse(String(value));
  return Number.isNaN(time) ? fault('must be a date') : time;
};
const isNoPublicWord = (value) =>
  !publicWords.has(
    String(value ?? '')
      .trim()
      .toLowerCase(),
  );

/**
 * What makes a post not public, in our own files and in those of other blogs that keep posts as Markdown: whether a value of
 * the key hides it. `fault` throws. What is unclear is refused or hides: a post can be published later, but not taken back.
 */
const hiding = {
  draft: isSet,
  private: isSet,
  hidden: isSet,
  unlisted: isSet,
  published: (value, fault, now) =>
    words.has(String(value).trim().toLowerCase()) ? !isSet(value, fault) : timeOf(value, fault) > now,
  publishdate: (value, fault, now) => timeOf(value, fault) > now,
  expirydate: (value, fault, now) => timeOf(value, fault) <= now,
  status: isNoPublicWord,
  visibility: isNoPublicWord,
  password: (value) => value !== false && String(value ?? '') !== '',
};
const normal = (key) => key.toLowerCase().replace(/[_-]/g, '');

/** The keys that hide a post. Throws an Error by `fault(key, message)` where a value is unclear. */
export function hidingKeys(matter, { now, fault }) {
  return Object.keys(matter).filter((key) => {
    const name = normal(key);
    const hides = Object.hasOwn(hiding, name) ? hiding[name] : () => false;
    return hides(matter[key], (message) => fault(key, message), now.getTime());
  });
}

const faultIn = (path, line, message) => new Error(`${path}, line ${line}: ${message}`);

/** Splits a file into the lines of its front matter and its body. Throws an Error where it has none, or one without an end. */
function split(path, text) {
  if (!/^---\r?\n/.test(text)) throw new Error(`${path} does not begin with front matter between two lines of ---.`);
  const [, lines, body = ''] = /^---\r?\n(.*?(?<=\n))---(?:\r?\n(.*))?$/s.exec(text) ?? [];
  if (lines === undefined) throw faultIn(path, 1, 'the front matter that begins here has no end, a line of ---.');
  return { lines, body };
}

/**
 * Reads a Markdown file: its front matter as an object, its body, and `fault`, which throws an Error with the file and the line
 * of a key. Throws one itself where the front matter is none.
 */
export function readFrontMatter(path, text) {
  const { lines, body } = split(path, text);
  const document = parseDocument(lines);
  const [error] = document.errors;
  if (error) {
    const line = (error.linePos?.[0].line ?? 1) + 1;
    throw new Error(`${path}: the front matter is no YAML: line ${line}: ${error.message}`, { cause: error });
  }
  const matter = document.toJS();
  if (typeof matter !== 'object' || matter === null || Array.isArray(matter)) {
    throw new Error(`${path}: the front matter has no lines like “title: Hello”.`);
  }
  const lineOf = (key) => {
    const start = document.contents.items.find((pair) => String(pair.key) === key)?.key.range?.[0] ?? 0;
    return lines.slice(0, start).split('\n').length + 1;
  };
  const fault = (key, message) => {
    throw faultIn(path, lineOf(key), `${key} ${message}.`);
  };
  return { matter, body, fault };
}
