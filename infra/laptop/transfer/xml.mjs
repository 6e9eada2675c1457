import { XMLParser } from 'fast-xml-parser';

const item = 'rss.channel.item';
/** What may be there several times is a list, also where it is there once. */
const lists = new Set([item, `${item}.wp:comment`, `${item}.category`, 'disqus.thread', 'disqus.post']);

/** Parses an export of another system. All values are texts. Entities that a document defines itself are not expanded. */
export function parseXml(text) {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: true,
    isArray: (_name, path) => lists.has(path),
  });
  return parser.parse(text);
}

/** The text of an element, whether or not it has attributes. */
export const textOf = (value) =>
  typeof value === 'object' && value !== null ? String(value['#text'] ?? '') : String(value ?? '');

/** A time as ISO 8601, UTC; undefined where it is none. WordPress writes zeros, or a year before all years, for "never". */
export function timeOf(text) {
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
  const time = new Date(text.includes('-0001') ? Number.NaN : iso);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
