import fc from 'fast-check';
import { traceHeadersOf } from '../src/delivery/trace-headers';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const eventWith = (extensions: object) => ({
  ...{ sequence: 1, id: 'e', type: 'T', key: 'k', storedAt: 0 },
  text: JSON.stringify({ specversion: '1.0', ...extensions, sequence: 1 }),
});

describe('the trace headers of a push', () => {
  it('are one line each and hold visible ASCII, whatever an event holds', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('\r\n', '\n', '\u0000', '\u2028'),
    );
    const parent = fc.oneof(
      text,
      fc.tuple(fc.constant(traceparent), text).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(parent, text, (given, tracestate) => {
        for (const line of traceHeadersOf([eventWith({ traceparent: given, tracestate })])) {
          expect(line).toMatch(/^trace(parent|state): [\x20-\x7e]+$/);
        }
      }),
    );
  });

  it('of several events are none', () => {
    const event = eventWith({ traceparent });
    expect(traceHeadersOf([event])).toEqual([`traceparent: ${traceparent}`]);
    expect(traceHeadersOf([event, event])).toEqual([]);
    expect(traceHeadersOf([])).toEqual([]);
  });
});
