import { createLastAnswers } from '../server/last-answers';

const kb = 1024;
let time: number;
const now = (): Date => new Date(time);
const answer = (bytes: number, etag = '"1"') => ({ headers: { etag }, body: Buffer.alloc(bytes) });

beforeEach(() => void (time = Date.parse('2026-01-01T00:00:00Z')));

describe('The last good answers', () => {
  it('are given as they were kept, with the time of their keeping', () => {
    const answers = createLastAnswers({ now });
    answers.keep('/posts', { headers: { etag: '"7"' }, body: Buffer.from('{}') });
    time += 5_000;
    expect(answers.get('/posts')).toEqual({
      headers: { etag: '"7"' },
      body: Buffer.from('{}'),
      asOf: new Date('2026-01-01T00:00:00Z'),
    });
    expect(answers.get('/posts?limit=1')).toBeUndefined();
  });

  it('never take more bytes than they may, whatever is kept', () => {
    const maxBytes = 100 * kb;
    const answers = createLastAnswers({ now, maxBytes });
    for (let number = 0; number < 5_000; number += 1) {
      answers.keep(`/posts?cursor=${number}${'x'.repeat(number % 700)}`, answer((number * 37) % (20 * kb)));
      expect(answers.size()).toBeLessThanOrEqual(maxBytes);
    }
    expect(answers.get(`/posts?cursor=4999${'x'.repeat(4999 % 700)}`)).toBeDefined();
  });

  it('lose the one first that nobody has asked for the longest', () => {
    const answers = createLastAnswers({ now, maxBytes: 100 * kb });
    answers.keep('/front', answer(10 * kb));
    for (let number = 0; number < 100; number += 1) {
      answers.keep(`/other/${number}`, answer(10 * kb));
      expect(answers.get('/front')).toBeDefined();
    }
    expect(answers.get('/other/0')).toBeUndefined();
  });

  it('do not let one large answer push out all others', () => {
    const answers = createLastAnswers({ now, maxBytes: 100 * kb });
    answers.keep('/small', answer(kb));
    answers.keep('/large', answer(kb));
    answers.keep('/large', answer(50 * kb));
    expect(answers.get('/small')).toBeDefined();
    // The older, smaller one isn't what was answered last.
    expect(answers.get('/large')).toBeUndefined();
  });

  it('are given to nobody once they are an hour old, unless they were confirmed since', () => {
    const answers = createLastAnswers({ now });
    answers.keep('/old', answer(1));
    answers.keep('/confirmed', answer(1, '"9"'));
    answers.keep('/changed', answer(1, '"9"'));
    time += 59 * 60_000;
    expect(answers.get('/old')).toBeDefined();
    answers.confirm('/confirmed', '"9"');
    answers.confirm('/changed', '"10"');
    time += 2 * 60_000;
    expect(answers.get('/old')).toBeUndefined();
    expect(answers.get('/confirmed')).toBeDefined();
    expect(answers.get('/changed')).toBeUndefined();
  });

  it('take no room once all are forgotten', () => {
    const answers = createLastAnswers({ now });
    for (const path of ['/a', '/b', '/a']) answers.keep(path, answer(kb));
    for (const path of ['/a', '/b', '/c']) answers.forget(path);
    expect(answers.size()).toBe(0);
  });
});
