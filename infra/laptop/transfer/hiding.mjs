import { momentIn } from './dates.mjs';

/** Words of YAML 1.1, which Jekyll reads and which are plain texts in YAML 1.2. */
const words = new Map([
  ...['true', 'yes', 'on', 'y', '1'].map((word) => [word, true]),
  ...['false', 'no', 'off', 'n', '0'].map((word) => [word, false]),
]);
const publicWords = new Set(['publish', 'published', 'public']);
const wordOf = (value) =>
  String(value ?? '')
    .trim()
    .toLowerCase();

const isSet = (value, fault) => words.get(wordOf(value)) ?? fault('must be true or false');
const isNotSet = (value, fault) => !isSet(value, fault);
const timeOf = (value, fault) => momentIn(value)?.getTime() ?? fault('must be a date');
const isNoPublicWord = (value) => !publicWords.has(wordOf(value));
const isToCome = (value, fault, now) => timeOf(value, fault) > now;
const isOver = (value, fault, now) => timeOf(value, fault) <= now;
const hasPassword = (value) => value !== false && String(value ?? '') !== '';
/** A flag, or a date from when it holds. */
const isFlagOrDate = (value, fault, now) =>
  words.has(wordOf(value)) ? isNotSet(value, fault) : isToCome(value, fault, now);

/** Hugo: `build: { render: never }`, or `list: never`. */
function isNotBuilt(value) {
  if (typeof value !== 'object' || value === null) return false;
  return ['render', 'list'].some((key) => ['never', 'false', 'link', 'local'].includes(wordOf(value[key] ?? 'always')));
}

/**
 * What makes a post not public, in our own files and in those of other blogs that keep posts as Markdown: whether a value of
 * the key hides it. `fault` throws. What is unclear is refused or hides: a post can be published later, but not taken back.
 */
const hiding = {
  draft: isSet,
  isdraft: isSet,
  private: isSet,
  isprivate: isSet,
  hidden: isSet,
  unlisted: isSet,
  unpublished: isSet,
  headless: isSet,
  membersonly: isSet,
  eleventyexcludefromcollections: (value, fault) => (Array.isArray(value) ? false : isSet(value, fault)),
  published: isFlagOrDate,
  publish: isFlagOrDate,
  ispublished: isNotSet,
  public: isNotSet,
  date: isToCome,
  pubdate: isToCome,
  publishdate: isToCome,
  expirydate: isOver,
  unpublishdate: isOver,
  status: isNoPublicWord,
  visibility: isNoPublicWord,
  access: isNoPublicWord,
  password: hasPassword,
  permalink: (value) => wordOf(value) === 'false',
  build: isNotBuilt,
};
export const normalKey = (key) => key.toLowerCase().replace(/[_-]/g, '');

/** The keys that hide a post. Throws an Error by `fault(key, message)` where a value is unclear. */
export function hidingKeys(matter, { now, fault }) {
  return Object.keys(matter).filter((key) => {
    const name = normalKey(key);
    const hides = Object.hasOwn(hiding, name) ? hiding[name] : () => false;
    return hides(matter[key], (message) => fault(key, message), now.getTime());
  });
}
