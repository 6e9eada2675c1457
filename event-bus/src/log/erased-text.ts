import { crc32 } from 'node:zlib';
import { createMemberSearch } from '../json-text';
import { type SmallColumns, sealOf } from './record';

/** What is left of the data of an erased event: the bus knows no data, so whoever starts it says so. */
export interface DataAfterErasure {
  /** Members that stay as they are, if they are short: ids, times, numbers. */
  keep: readonly string[];
  /** Members that become another text, where they are there. */
  set: Readonly<Record<string, string>>;
}

const longestKept = 128;
/** An extension attribute, or a subject, can be a text that somebody wrote. */
const attributesKept = [
  ...['specversion', 'id', 'source', 'type', 'partitionkey', 'time', 'datacontenttype', 'dataschema'],
  ...['causationid', 'correlationid', 'traceparent', 'erases'],
];

const findData = createMemberSearch('data');

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether an event is what an erasure left of it. */
export function isErased(text: string): boolean {
  return text.includes('"erased":true') && (JSON.parse(text) as Members)['erased'] === true;
}

/** Texts become empty, lists too; what is no text and isn't kept goes. Who reads `data.content.length` doesn't fall over. */
function memberAfter(name: string, value: unknown, rawOf: () => string, rule: DataAfterErasure): string | undefined {
  const raw = rawOf();
  if (rule.keep.includes(name) && raw.length <= longestKept && !isMembers(value) && !Array.isArray(value)) return raw;
  if (Array.isArray(value)) return '[]';
  if (typeof value !== 'string') return undefined;
  return JSON.stringify(Object.hasOwn(rule.set, name) ? rule.set[name] : '');
}

function dataAfter(data: unknown, dataText: string, rule: DataAfterErasure): string {
  const members = Object.entries(isMembers(data) ? data : {}).flatMap(([name, value]) => {
    if (name.length > longestKept) return [];
    const after = memberAfter(name, value, () => createMemberSearch(name)(dataText).values[0] ?? 'null', rule);
    return after === undefined ? [] : [`${JSON.stringify(name)}:${after}`];
  });
  return `{${members.join(',')}}`;
}

/**
 * An event without the texts that stood in it: `erased` is true, and its id, source, type, key, time, cause, sequence and
 * the members of `data` that the rule keeps are what they were. Ids that are kept are copied to the last digit.
 * @param names the ids under which it was found: a subject that is none of them may be a text, and goes
 */
export function erasedText(text: string, names: ReadonlySet<string>, rule: DataAfterErasure): string {
  const event = JSON.parse(text) as Members;
  const { subject, sequence, data } = event;
  const kept: Members = {};
  for (const name of attributesKept) if (event[name] !== undefined) kept[name] = event[name];
  if (typeof subject === 'string' && names.has(subject)) kept['subject'] = subject;
  const attributes = JSON.stringify({ ...kept, erased: true });
  const after = dataAfter(data, findData(text).values[0] ?? '', rule);
  return `${attributes.slice(0, -1)},"data":${after},"sequence":${JSON.stringify(sequence)}}`;
}

/** How many bytes SQLite takes for a whole number; the lengths of a record decide whether it can be written over in place. */
function sizeOfInteger(value: number | null): number {
  if (value === null || value === 0 || value === 1) return 0;
  const ends = [2 ** 7, 2 ** 15, 2 ** 23, 2 ** 31, 2 ** 47];
  const place = ends.findIndex((end) => value < end);
  return [1, 2, 3, 4, 6][place] ?? 8;
}

/** The text and its proofs, as they are stored. */
export interface Replacement {
  text: string;
  checksum: number;
  seal: number;
}

function sealed(columns: SmallColumns, text: string): Replacement {
  const checksum = crc32(text);
  return { text, checksum, seal: sealOf(columns, checksum) };
}

const mostTried = 256;

/** Spaces and tabs, in another order for each number. */
function blanks(length: number, number: number): string {
  const last = Math.min(length, 8);
  const varied = Array.from({ length: last }, (_, bit) => ((number >> bit) & 1 ? '\t' : ' '));
  return ' '.repeat(length - last) + varied.join('');
}

/**
 * The new text of a record, made as long as the old one with white space in front of its last brace. SQLite then writes over the old
 * bytes where they are, and moves no other record: what it moves, it may leave behind in unused parts of a page.
 * A text that is longer than the old one is stored as it is.
 */
export function inPlace(
  columns: SmallColumns,
  text: string,
  old: { bytes: number; checksum: number | null; seal: number | null },
): Replacement {
  const wanted = old.bytes + sizeOfInteger(old.checksum) + sizeOfInteger(old.seal);
  const own = Buffer.byteLength(text);
  for (let number = 0; number < mostTried; number += 1) {
    // Checksums take 3 to 6 bytes each, mostly 4 or 6: the text makes up for that.
    for (const sizes of [8, 10, 12]) {
      const missing = wanted - sizes - own;
      if (missing < 0) continue;
      const filled = sealed(columns, `${text.slice(0, -1)}${blanks(missing, number)}}`);
      if (sizeOfInteger(filled.checksum) + sizeOfInteger(filled.seal) === sizes) return filled;
    }
  }
  return sealed(columns, text);
}
