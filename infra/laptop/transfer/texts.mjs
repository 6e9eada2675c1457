/** Texts as this blog takes them: of its lengths, and of characters that every part of it stores. */
import { decodeHTML } from 'entities';

export const most = { title: 300, body: 200_000, tag: 40, tags: 10, author: 80, comment: 10_000, id: 128 };

const graphemes = new Intl.Segmenter();

/** The beginning of a text, of at most so many UTF-16 code units, which ends with a whole character as people see it. */
export function cutAt(text, length) {
  if (text.length <= length) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, length + 100))) {
    if (index + segment.length > length) break;
    end = index + segment.length;
  }
  // What looks like one character may be longer than all that there is room for.
  return end > 0 ? text.slice(0, end) : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** NUL and halves of surrogate pairs, which no part of the blog stores. */
export const isStorable = (text) => text.isWellFormed() && !text.includes('\0');
export const storable = (text) => text.replaceAll('\0', '').toWellFormed();

const inlineTags =
  /<\/?(?:a|abbr|b|bdi|bdo|big|br|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)\b[^<>]*>/gi;

/** A line of HTML as the text that a reader saw: no tags, entities decoded once. */
export const lineOfHtml = (html) => decodeHTML(html.replace(inlineTags, '')).replace(/\s+/g, ' ').trim();

/** An entry of the log of changes: to what, and of which kind. */
export const cutNote = (what) => ['Cut', what];

/** Tags as they are taken over, and what was changed of them. */
export function tagsOf(given) {
  const changes = [];
  const all = [...new Set(given.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
  if (all.some((tag) => tag.length > most.tag)) changes.push(cutNote(`tags at ${most.tag} characters`));
  const tags = [...new Set(all.map((tag) => cutAt(tag, most.tag)))];
  if (tags.length > most.tags) changes.push(cutNote(`tags after the first ${most.tags}`));
  return { tags: tags.slice(0, most.tags), changes };
}

/** A text of at most so many characters, and what was changed of it. */
export function bounded(text, length, what) {
  const cut = cutAt(text, length);
  return { text: cut, changes: cut === text ? [] : [cutNote(`${what} at ${length.toLocaleString('en')} characters`)] };
}

/** What HTML could not keep, as entries of the log of changes. */
export const lostNotes = (lost) => lost.map((kind) => ['Not kept as it was', kind]);
