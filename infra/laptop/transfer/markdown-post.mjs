/** A Markdown file with front matter as a post, in the words of our own files, Hugo, Jekyll, Eleventy, Astro and Hexo. */
import { createHash } from 'node:crypto';
import { timeIn } from './dates.mjs';
import { formerPathsOfMarkdown } from './former-paths.mjs';
import { hidingKeys, normalKey } from './hiding.mjs';
import { markdownWriter } from './html/to-markdown.mjs';
import { fromTemplates } from './templates.mjs';
import { bounded, isStorable, lostNotes, most, tagsOf } from './texts.mjs';

const dateKeys = ['createdat', 'date', 'pubdate', 'publishdate', 'published', 'datepublished'];
const changeKeys = ['updatedat', 'lastmod', 'lastmodifiedat', 'updated', 'updateddate', 'modified', 'datemodified'];

/** A file that somebody wrote by hand has no id: it gets the same one at every import, as long as it keeps its name. */
const idFor = (name) => `file-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

const isEmpty = (value) => value === undefined || value === null || String(value).trim() === '';
const byName = /^(?<date>\d{4}-\d{1,2}-\d{1,2})-(?<slug>.+)\.\w+$/;

/** Jekyll's title of a file that has none. */
const titleOfSlug = (slug) => slug.split(/[-_]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' '); // prettier-ignore

/** Reads the values of front matter by their names, however these are spelled. */
function createValues({ matter, textOf, fault }) {
  const keys = new Map(Object.keys(matter).map((key) => [normalKey(key), key]));
  const keyOf = (names) =>
    names.map((name) => keys.get(name)).find((key) => key !== undefined && !isEmpty(matter[key]));
  return {
    keyOf,
    text: (...names) => {
      const key = keyOf(names);
      return key === undefined ? undefined : String(textOf(key) ?? matter[key]);
    },
    value: (...names) => matter[keyOf(names)],
    time: (names) => {
      // Jekyll's and others' “published” may be a flag.
      const key = keyOf(names.filter((name) => name !== 'published' || timeIn(matter[keys.get(name)]) !== undefined));
      return key === undefined ? undefined : (timeIn(matter[key]) ?? fault(key, 'must be a date'));
    },
  };
}

const asText = (value) =>
  typeof value === 'object' && value !== null ? (value.name ?? value.title ?? JSON.stringify(value)) : String(value);

/** Tags as a list; as a text they are separated by commas, or by spaces as Jekyll has it. Categories are tags here. */
function tagsIn(values, fault) {
  return ['tags', 'tag', 'categories', 'category'].flatMap((name) => {
    const value = values.value(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.filter((tag) => !isEmpty(tag)).map(asText);
    if (typeof value === 'object') return fault(values.keyOf([name]), 'must be a list, as [one, two]');
    const text = String(value);
    if (name === 'tag' || name === 'category') return [text];
    return text.includes(',') ? text.split(',') : text.split(/\s+/);
  });
}

const writeMarkdown = markdownWriter();

/** The text, and what was changed of it. Our own is taken as it is. */
function bodyOf({ body, isHtml, isOwn, name }) {
  if (isOwn) return { text: body, changes: [] };
  if (isHtml) {
    const { markdown, lost } = writeMarkdown(body);
    return { text: markdown, changes: lostNotes(lost) };
  }
  const { text, lost } = fromTemplates(body);
  return {
    text,
    changes: lostNotes([
      ...lost,
      ...(/\.mdx$/i.test(name) ? ['MDX: what it imports and its components are shown as text'] : []),
    ]),
  };
}

function storableOrFault(texts, path) {
  for (const [name, text] of Object.entries(texts)) {
    if (!isStorable(text)) throw new Error(`${path}: ${name} must not contain NUL or half of a surrogate pair.`);
  }
}

function titleAndDate(values, { path, named, isDraft, mtime }) {
  const given = values.text('title') ?? (named ? titleOfSlug(named.slug) : undefined);
  if (isEmpty(given)) throw new Error(`${path} has no title in its front matter.`);
  const createdAt =
    values.time(dateKeys) ?? (named ? timeIn(named.date) : undefined) ?? (isDraft ? mtime.toISOString() : undefined);
  if (createdAt === undefined) throw new Error(`${path} has no createdAt or date in its front matter.`);
  return { title: bounded(given.replace(/\s+/g, ' ').trim(), most.title, 'titles'), createdAt };
}

/**
 * A post as the spool takes it, and the keys that hide it. `file` is one of markdownFiles, `defaults` are values that hold for it
 * where it says nothing itself.
 */
export function markdownPost({ file, path, matter, body, textOf, fault, defaults, now, mtime, site }) {
  const values = createValues({ matter, textOf, fault });
  const isOwn = ['id', 'createdat', 'draft'].every((name) => values.keyOf([name]) !== undefined);
  const named = byName.exec(file.name)?.groups;
  const hiddenBy = [
    ...hidingKeys({ ...defaults, ...matter }, { now, fault: (key, message) => fault(key, message) }),
    ...(file.isDraft ? ['draft'] : []),
  ];
  const { title, createdAt } = titleAndDate(values, { path, named, isDraft: hiddenBy.length > 0, mtime });
  const name =
    file.inside === '_drafts' ? file.path : file.path.slice(file.inside === '.' ? 0 : file.inside.length + 1);
  const id = values.text('id') ?? idFor(name);
  if (id.length > most.id) fault(values.keyOf(['id']), `must be at most ${most.id} characters`);
  const tags = tagsOf(tagsIn(values, fault));
  const text = bodyOf({ body, isHtml: file.isHtml, isOwn, name: file.name });
  const updatedAt = values.time(changeKeys);
  const formerPaths = formerPathsOfMarkdown({ values, file, named, site, isOwn });
  storableOrFault({ id, title: title.text, tags: tags.tags.join(''), body: text.text }, path);
  const reason = text.text.length > most.body ? 'longer than this blog takes' : null;
  return {
    hiddenBy,
    entry: {
      ...{ id, title: title.text, source: path, createdAt, draft: hiddenBy.length > 0, reason },
      changes: [...title.changes, ...tags.changes, ...text.changes],
      post: {
        body: text.text,
        tags: tags.tags,
        ...(formerPaths.length > 0 ? { formerPaths } : {}),
        ...(updatedAt ? { updatedAt } : {}),
      },
    },
  };
}
