import fc from 'fast-check';
import { type AnswerHead, createAnswerReader, NotHttp } from '../src/delivery/http/answer-reader';
import { heapGrowth } from './heap-growth';

interface Read {
  head: AnswerHead | undefined;
  isWhole: boolean;
  keepMs: number;
}

/** Reads pieces of one answer; with `ends`, the connection ends after them. */
function read(pieces: readonly string[], ends = false): Read {
  const reader = createAnswerReader();
  reader.begin();
  let isWhole = false;
  for (const piece of pieces) isWhole = reader.take(Buffer.from(piece, 'latin1'));
  if (ends) isWhole ||= reader.ended();
  return { head: reader.head(), isWhole, keepMs: reader.keepMs() };
}

const lines = (...given: string[]): string => given.join('\r\n');

describe('an answer', () => {
  it.each([
    ['with a length', lines('HTTP/1.1 200 OK', 'Content-Length: 2', '', 'hi'), 200],
    ['with a length of nothing', lines('HTTP/1.1 200 OK', 'content-length:0', '', ''), 200],
    ['without a reason', lines('HTTP/1.1 503 ', 'Content-Length: 0', '', ''), 503],
    ['of a status that has no body', lines('HTTP/1.1 204 No Content', '', ''), 204],
    ['in chunks', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '2', 'hi', '0', '', ''), 200],
    [
      'in chunks with an extension and a trailer',
      lines('HTTP/1.1 201 OK', 'transfer-encoding: gzip, Chunked', '', 'A;x=1', '0123456789', '0', 'X: y', '', ''),
      201,
    ],
    ['after a 100', lines('HTTP/1.1 100 Continue', '', 'HTTP/1.1 400 No', 'Content-Length: 1', '', 'x'), 400],
    ['with one length twice', lines('HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 2', '', 'hi'), 200],
  ])('%s is whole at its last byte, however it was cut', (_what, text, status) => {
    expect(read([text])).toMatchObject({ head: { status }, isWhole: true });
    fc.assert(
      fc.property(fc.array(fc.nat(text.length - 1), { maxLength: 8 }), (cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        expect(read(pieces)).toEqual(read([text]));
      }),
    );
    expect(read([text.slice(0, -1)]).isWhole).toBe(false);
  });

  it('without a length is whole when the connection ends, and that is not used again', () => {
    const text = lines('HTTP/1.1 200 OK', '', 'hi');
    expect(read([text])).toEqual({ head: { status: 200 }, isWhole: false, keepMs: 0 });
    expect(read([text], true).isWhole).toBe(true);
  });

  it('tells when to come again', () => {
    const text = lines('HTTP/1.1 429 Slow', 'Retry-After: 7 ', 'Content-Length: 0', '', '');
    expect(read([text]).head).toEqual({ status: 429, retryAfter: '7' });
  });

  it('keeps no header that is too long to mean anything, and nothing of the rest of its head', () => {
    const long = lines('HTTP/1.1 429 Slow', `Retry-After: ${'9x'.repeat(20_000)}`, 'Content-Length: 0', '', '');
    expect(read([long]).head).toEqual({ status: 429 });
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const text = lines(
      'HTTP/1.1 429 Slow',
      `X: ${'y'.repeat(40_000)}`,
      `Retry-After: ${date}`,
      'Content-Length: 0',
      '',
      '',
    );
    expect(read([text]).head?.retryAfter).toBe(date);
    expect(heapGrowth(500, () => read([text]).head)).toBeLessThan((500 * text.length) / 10);
  });

  it.each([
    ['with a length', lines('HTTP/1.1 400 No', 'Content-Type: text/plain', 'Content-Length: 8', '', 'not that')],
    ['in chunks', lines('HTTP/1.1 400 No', 'Transfer-Encoding: chunked', '', '4', 'not ', '4', 'that', '0', '', '')],
    ['that ends with the connection', lines('HTTP/1.1 400 No', '', 'not that')],
  ])('that refuses and has a body %s tells what it says, however it was cut', (_what, text) => {
    for (let cut = text.indexOf('\r\n\r\n') + 4; cut < text.length; cut += 1) {
      const reader = createAnswerReader();
      reader.begin();
      for (const piece of [text.slice(0, cut), text.slice(cut)]) reader.take(Buffer.from(piece));
      expect(reader.words()).toBe('not that');
    }
  });

  it.each([
    ['has succeeded', lines('HTTP/1.1 200 OK', 'Content-Length: 9', '', 'ok')],
    ['has said enough', lines('HTTP/1.1 400 No', '', 'x'.repeat(20_000))],
    ['is whole', lines('HTTP/1.1 400 No', 'Content-Length: 2', '', 'no')],
    ['refuses without a body', lines('HTTP/1.1 304 Not Modified', '', '')],
  ])('that %s has no more to say', (_what, text) => {
    const reader = createAnswerReader();
    reader.begin();
    reader.take(Buffer.from(text));
    expect(reader.hasMoreToSay()).toBe(false);
    expect(reader.words()?.length ?? 0).toBeLessThanOrEqual(500);
  });

  it.each([
    ['HTTP/1.1', [], 4_000],
    ['HTTP/1.1', ['Connection: close'], 0],
    ['HTTP/1.1', ['Keep-Alive: timeout=3, max=100'], 2_000],
    ['HTTP/1.1', ['Keep-Alive: timeout=1'], 0],
    ['HTTP/1.1', ['Keep-Alive: timeout=600'], 4_000],
    ['HTTP/1.0', [], 0],
    ['HTTP/1.0', ['Connection: Keep-Alive'], 4_000],
  ])('of %s with %p lets its connection be idle for %d ms', (version, fields, keepMs) => {
    expect(read([lines(`${version} 200 OK`, ...fields, 'Content-Length: 0', '', '')]).keepMs).toBe(keepMs);
  });
});

describe('what is no answer', () => {
  it.each([
    ['another protocol', '220 mail.example ESMTP\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a change of the protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a line that is no header', 'HTTP/1.1 200 OK\r\nhello\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n'],
    ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['more than one answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(65 * 1024)}`],
    ['a line without an end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(2_000)}`],
  ])('is told: %s', (_what, text) => {
    expect(() => read([text])).toThrow(NotHttp);
  });

  it('is told before anything was asked, and after the answer', () => {
    const reader = createAnswerReader();
    expect(() => reader.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow(NotHttp);
    reader.begin();
    reader.take(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'));
    expect(() => reader.take(Buffer.from('x'))).toThrow(NotHttp);
  });

  it('never makes the reader throw anything else, nor read on for ever', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }),
        (start, pieces) => {
          const reader = createAnswerReader();
          reader.begin();
          try {
            for (const bytes of [Buffer.from(start), ...pieces.map((piece) => Buffer.from(piece))]) reader.take(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(NotHttp);
          }
        },
      ),
    );
  });
});
