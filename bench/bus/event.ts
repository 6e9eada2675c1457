/** Bytes of one event as it is published, the same for every contestant. */
export const eventBytes = 400;
const keys = 1_000;

const digits = { n: 9, sentAt: 15 };
const numberMark = '"n":"';
const sentAtMark = '","sentAt":"';

/** Microseconds by the machine's monotonic clock, which its processes share. */
export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/**
 * The `n`th event, sent at a time ({@link microseconds}): a complete CloudEvent of 400 bytes, so that no bus has to
 * complete it. Its id grows with n, as a UUIDv7 does with time.
 */
export function eventText(n: number, sentAt: number): string {
  const id = `01980000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  const head =
    `{"specversion":"1.0","id":"${id}","source":"/bench","type":"Measured","partitionkey":"key-${n % keys}",` +
    `"time":"2026-01-01T00:00:00.000Z","data":{`;
  const marks =
    numberMark +
    String(n).padStart(digits.n, '0') +
    sentAtMark +
    String(sentAt).padStart(digits.sentAt, '0') +
    '","filler":"';
  const tail = '"}}';
  return head + marks + '.'.repeat(eventBytes - head.length - marks.length - tail.length) + tail;
}

/** Finds every event in a body, one or many, without parsing it: a receiver must cost little. */
export function forEachEvent(body: string, each: (n: number, sentAt: number) => void): void {
  for (let at = body.indexOf(numberMark); at >= 0; at = body.indexOf(numberMark, at)) {
    const n = at + numberMark.length;
    const sentAt = n + digits.n + sentAtMark.length;
    at = sentAt + digits.sentAt;
    each(Number(body.slice(n, n + digits.n)), Number(body.slice(sentAt, at)));
  }
}
