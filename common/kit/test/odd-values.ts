import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { JsonSchema } from '../src/openapi';

const nested = (levels: number): string => `${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`;
const twoMillion = 'x'.repeat(2_000_000);

/** Bodies that no route may stumble over, with what their headers say of them; all come as JSON unless it is said. */
export const oddBodies: readonly [what: string, body: string | Buffer, headers?: Record<string, string>][] = [
  ['nothing', ''],
  ['white space', ' \n'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1'],
  ['a huge number', '1e400'],
  ['a long number', '9'.repeat(500)],
  ['minus zero', '-0'],
  ['a text', '"text"'],
  ['an empty list', '[]'],
  ['a list of lists', '[[[]]]'],
  ['a list of nothing', '[null,null]'],
  ['an empty object', '{}'],
  ['half of an object', '{"a":'],
  ['JSON twice', '{}{}'],
  ['JSON with a comma too many', '{"a":1,}'],
  ['single quotes', "{'a':1}"],
  ['NaN', '{"a":NaN}'],
  ['a comment', '/* x */{}'],
  ['a byte order mark', '\ufeff{}'],
  ['a NUL', '{"a":"\0"}'],
  ['an escaped NUL', '{"a":"\\u0000","\\u0000":1}'],
  ['half of a pair', '{"a":"\\ud800"}'],
  ['a key that is half of a pair', '{"\\udfff":1}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), { 'Content-Type': 'application/json; charset=utf-16' }],
  ['the prototype', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}'],
  ['a key that is the prototype, twice', '{"__proto__":1,"__proto__":{"title":"t","content":"c"}}'],
  ['names of methods', '{"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4,"then":5}'],
  ['a key twice', '{"title":"a","title":1,"content":"a","content":1,"type":"a","type":1}'],
  ['an empty key', '{"":""}'],
  ['a thousand keys', `{${Array.from({ length: 1_000 }, (_, index) => `"k${index}":${index}`).join()}}`],
  ['a list of ten thousand', `[${'0,'.repeat(9_999)}0]`],
  ['33 levels', nested(17)],
  ['20,000 levels', nested(10_000)],
  ['lists that never close', '['.repeat(10_000)],
  ['two million characters', `{"title":"${twoMillion}","content":"${twoMillion}","type":"${twoMillion}"}`],
  ['a plain text', '{}', { 'Content-Type': 'text/plain' }],
  ['a form', 'title=t&content=c', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['parts', '--x--', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['no real type', '{}', { 'Content-Type': ';;=' }],
  ['a type with a quote open', '{}', { 'Content-Type': 'application/json; charset="' }],
  ['Latin-1', '{}', { 'Content-Type': 'application/json; charset=iso-8859-1' }],
  ['an unknown compression', '{}', { 'Content-Encoding': 'zip' }],
  ['a compression that it is not', '{}', { 'Content-Encoding': 'gzip' }],
  ['a compressed flood', gzipSync(`{"title":"${'x'.repeat(40_000_000)}"}`), { 'Content-Encoding': 'gzip' }],
  ['half of a compressed one', gzipSync('{"title":"t"}').subarray(0, 20), { 'Content-Encoding': 'gzip' }],
];

/** Parts of a path that no route may stumble over, as they are sent. */
export const oddIds: readonly string[] = [
  ...['%00', '%0a', '%20', '%2e%2e', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '..%5c..', '%2f', '%252f', '%', '%E0%A4%A'],
  ...['%ED%A0%BC', '%ff', '%F0%9F%8E%89', '%e2%80%ae', '%ef%bb%bf', "'%20OR%201=1--", ';DROP', '%3Cscript%3E'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '-1', '0', '1e400'],
  ...['a;b=c', 'a,b', '*', '**', '~', '$ne', '{}', '[object%20Object]', 'x'.repeat(128), 'x'.repeat(129)],
  ...['x'.repeat(4_000), '%F0%9F%8E%89'.repeat(64), '%F0%9F%8E%89'.repeat(65), encodeURIComponent('ä'.repeat(128))],
];

/** Texts that some part might not stand. */
export const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', ' ', '\0', '\ud83c', '🎉', '__proto__', '9'.repeat(400), '\ufffd', '\ufeff', '\u2028', '\u202e'),
  fc.constantFrom('x'.repeat(128), 'x'.repeat(301), 'x'.repeat(10_001), '2023-02-29T00:00:00Z', 'null', '../..', '%00'),
);

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(-1, 0, 0.5, 1e21, -0, Number.MAX_SAFE_INTEGER + 2, 1e308, true, null, [], {}, [null], '{}'),
);

type Schemas = Readonly<Record<string, JsonSchema>>;

/** Values that a schema describes, with something else in many places: most of it is right, so that it goes deep. */
export function nearlyOf(schema: JsonSchema, schemas: Schemas, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 6) return oddValue;
  return fc.oneof({ weight: 6, arbitrary: rightOf(schema, schemas, depth + 1) }, { weight: 1, arbitrary: oddValue });
}

function rightOf(schema: JsonSchema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> {
  const {
    $ref,
    const: only,
    enum: values,
    anyOf,
    oneOf,
    items,
    properties,
    required = [],
    type,
  } = schema as {
    [name: string]: unknown;
    $ref?: string;
    enum?: unknown[];
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
    items?: JsonSchema;
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  if ($ref !== undefined) return nearlyOf(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas, depth);
  if (only !== undefined) return fc.constant(only);
  if (values) return fc.constantFrom(...values);
  const choices = anyOf ?? oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => nearlyOf(choice, schemas, depth)));
  if (type === 'array') return fc.array(nearlyOf(items ?? {}, schemas, depth), { maxLength: 4 });
  if (properties) {
    const parts = Object.entries(properties).map(([name, part]) => [name, nearlyOf(part, schemas, depth)] as const);
    const isNeeded = (name: string) => required.includes(name);
    const needed = Object.fromEntries(parts.filter(([name]) => isNeeded(name)));
    const others = Object.fromEntries(parts.filter(([name]) => !isNeeded(name)));
    return fc
      .tuple(fc.record(needed), fc.record(others, { requiredKeys: [] }))
      .map(([one, other]) => ({ ...one, ...other }));
  }
  if (type === 'integer' || type === 'number') return fc.integer({ min: 0, max: 200 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (schema['format'] === 'date-time') return fc.constantFrom('2026-11-24T12:00:00Z', '2020-01-01T00:00:00.123+05:30');
  if (type === 'string') return fc.oneof(fc.constantFrom('p1', 'c1', 'text', '2026-11-24T12:00:00Z'), oddText);
  return oddValue;
}
