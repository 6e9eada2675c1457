import * as fc from 'fast-check';
import { BareEvent, CloudEvent, isOrdinary } from '../src/attributes';

const odd = ['', '/', '//', 'a b', 'a:b', '%', 'ä', '\u0000', '\ud800', '.', '..', 'x'.repeat(128), 'x'.repeat(129)];
const times = ['2026-11-26T15:00:00Z', '2026-02-29T00:00:00.123Z', '2024-02-29T24:00:00Z', '2026-13-01T00:00:00Z'];
const text = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[\w./-]{1,20}$/) },
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(...odd, ...times),
);
const anything = fc.oneof({ weight: 8, arbitrary: text }, fc.constantFrom<unknown>('1.0', null, 1, true, [], {}));
const names = ['specversion', 'id', 'source', 'type', 'subject', 'partitionkey', 'causationid', 'traceparent'];
const fewer = ['time', 'data', 'datacontenttype', 'dataschema', 'data_base64', 'extension', '__proto__'];

/** Nearly an event: parsed from JSON, as what a publisher sends. */
const event = fc
  .tuple(
    fc.record({ id: text, source: text, type: text, data: fc.json(), specversion: fc.constant('1.0') }),
    fc.dictionary(fc.constantFrom(...names, ...fewer), anything, { maxKeys: 3 }),
    fc.subarray(['id', 'source', 'type', 'data', 'specversion'], { maxLength: 1 }),
  )
  .map(([whole, others, left]) => {
    const merged = Object.entries({ ...whole, ...others }).filter(([name]) => !left.includes(name));
    const members = merged.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${members.join(',')}}`) as Record<string, unknown>;
  });

it('takes no event for ordinary in which the schema finds a fault', () => {
  let ordinary = 0;
  fc.assert(
    fc.property(event, fc.boolean(), (given, isBare) => {
      if (!isOrdinary(given, isBare)) return;
      ordinary += 1;
      expect((isBare ? BareEvent : CloudEvent).safeParse(given).error?.issues).toBeUndefined();
    }),
    { numRuns: 5_000 },
  );
  expect(ordinary).toBeGreaterThan(100);
});
