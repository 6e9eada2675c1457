import { compileRules, type Evaluated } from '../src/rules/evaluate';
import { defaultRules, RuleSet } from '../src/rules/rule-set';

const at = '2026-11-24T12:00:00.000Z';
const hoursBefore = (hours: number) => new Date(Date.parse(at) - hours * 3_600_000).toISOString();

const of = (content: string, around: Partial<Evaluated> = {}): Evaluated => ({
  content,
  author: '',
  createdAt: at,
  approvedBefore: 0,
  ...around,
});

const rulesOf = (rules: object[], more: object = {}) =>
  compileRules(RuleSet.parse({ rules: rules.map((rule, index) => ({ name: `r${index}`, ...rule })), ...more }));

/** What the rule finds in a text; undefined where it doesn't fit. */
function found(rule: object, content: string, around: Partial<Evaluated> = {}): string[] | undefined {
  const { rule: name, spans } = rulesOf([{ action: 'flag', ...rule }]).evaluate(of(content, around));
  return name === undefined ? undefined : spans.map(({ start, end }) => content.slice(start, end));
}

describe('the default rules', () => {
  const { evaluate } = compileRules(defaultRules);

  it.each(['Nice', 'Orange', 'ORANGE', 'o range', 'oränge', ''])('approve %j', (content) => {
    expect(evaluate(of(content))).toEqual({ status: 'approved', by: 'the rules', spans: [] });
  });

  it.each(['orange', 'an orange!', 'blorangery'])('reject %j and say why', (content) => {
    const start = content.indexOf('orange');
    expect(evaluate(of(content))).toEqual({
      status: 'rejected',
      by: 'rule orange',
      rule: 'orange',
      reason: 'It contains the word “orange”.',
      spans: [{ start, end: start + 6 }],
    });
  });
});

describe('words', () => {
  it('fit inside of others, case-sensitive only where it is said', () => {
    const words = ['ham', 'Spam'];
    expect(found({ kind: 'words', words }, 'SPAM, hamster')).toEqual(['SPAM', 'ham']);
    expect(found({ kind: 'words', words, caseSensitive: true }, 'SPAM, hamster, Spam')).toEqual(['ham', 'Spam']);
    expect(found({ kind: 'words', words }, 'nothing')).toBeUndefined();
  });

  it('are found all, overlapping ones as one place', () => {
    expect(found({ kind: 'words', words: ['abc', 'cde', 'b', 'xx'] }, 'abcde b xxx')).toEqual(['abcde', 'b', 'xxx']);
  });

  it.each([
    ['ＯＲＡＮＧＥ', 'ＯＲＡＮＧＥ'],
    ['o\u200Bran\u00ADge', 'o\u200Bran\u00ADge'],
    ['OraNge', 'OraNge'],
  ])('fit %j however it is written', (content, place) => {
    expect(found({ kind: 'words', words: ['orange'] }, `👍 ${content}.`)).toEqual([place]);
  });

  it('fit no word with a mark on its last letter', () => {
    expect(found({ kind: 'words', words: ['cafe'] }, 'café, cafe\u0301')).toBeUndefined();
    expect(found({ kind: 'words', words: ['café'] }, 'CAFÉ, cafe\u0301')).toEqual(['CAFÉ', 'cafe\u0301']);
  });
});

describe('phrases', () => {
  const fits = (phrase: string, content: string) => found({ kind: 'phrases', phrases: [phrase] }, content);

  it('fit whole words only, in any case and spacing', () => {
    expect(fits('buy now', 'BUY \n\t now! buy nowhere, rebuy now, buy_now, (Buy Now)')).toEqual([
      'BUY \n\t now',
      'Buy Now',
    ]);
    expect(fits('ham', 'hamster')).toBeUndefined();
  });

  it.each([
    ['straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['ящик', 'ЯЩИК'],
    ['éclair', 'E\u0301CLAIR'],
    ['$$$', '$$$'],
  ])('%s fits %s', (phrase, content) => {
    expect(fits(phrase, `a ${content} b`)).toEqual([content]);
  });

  it('fit beside what is no letter, and not inside a word of another alphabet', () => {
    expect(fits('да', '«да»')).toEqual(['да']);
    expect(fits('да', 'дай вода')).toBeUndefined();
    expect(fits('$$$', 'make$$$fast')).toEqual(['$$$']);
  });

  it('find a shorter one where the longer is no whole word', () => {
    expect(found({ kind: 'phrases', phrases: ['a b', 'b'] }, 'xa b')).toEqual(['b']);
  });
});

describe('links', () => {
  it.each([
    ['https://a.example and http://b.example', 2],
    ['[a](https://a.example) <https://b.example> ![](//c.example/x.png)', 3],
    ['a.com www.b.example me@c.org d.de/x?y', 4],
    ['HTTPS://A.EXAMPLE', 1],
    ['e.g. this, i.e. 3.14 of v1.2.3 ... /posts/1 [a](b) x:y', 0],
  ])('in %j are %d', (content, count) => {
    expect(found({ kind: 'links', most: 0 }, content)?.length ?? 0).toBe(count);
  });

  it('fit above the limit only', () => {
    expect(found({ kind: 'links', most: 1 }, 'https://a.example')).toBeUndefined();
    expect(found({ kind: 'links', most: 1 }, 'https://a.example, b.com')).toEqual(['https://a.example', 'b.com']);
  });
});

describe('the name of an author', () => {
  const author = 'orange CASINO evil.example';

  it.each([
    [{ kind: 'words', words: ['orange'], caseSensitive: true }],
    [{ kind: 'words', words: ['casino'] }],
    [{ kind: 'words', words: ['ｃａｓｉｎｏ'] }],
    [{ kind: 'phrases', phrases: ['orange casino'] }],
    [{ kind: 'links', most: 0 }],
    [{ kind: 'length', most: 20 }],
  ])('is judged by %j, and marks no place in the text', (rule) => {
    expect(found(rule, 'Nice', { author })).toEqual([]);
    expect(found(rule, 'Nice', { author: 'Ada' })).toBeUndefined();
  });

  it('is judged by itself: nothing fits that begins in it and ends in the text', () => {
    expect(found({ kind: 'phrases', phrases: ['orange nice'] }, 'nice', { author: 'orange' })).toBeUndefined();
    expect(found({ kind: 'length', most: 4 }, 'Nice', { author: 'Ada' })).toBeUndefined();
  });

  it('is a link too, beside those in the text', () => {
    const links = { kind: 'links', most: 1 };
    expect(found(links, 'https://a.example', { author: 'win.casino' })).toEqual(['https://a.example']);
    expect(found(links, 'Nice', { author: 'a.com, b.com' })).toEqual([]);
    expect(found(links, 'Nice', { author: 'a.com' })).toBeUndefined();
  });

  it.each(['https://x.invalid', 'www.x', 'play@win.bet', 'BEST-POKER.XYZ', 'a.com', 'evil.example/x'])(
    'says an address as %j',
    (name) => {
      expect(found({ kind: 'links', most: 0 }, 'Nice', { author: name })).toEqual([]);
    },
  );

  it.each(['J.R.R. Tolkien', 'mary.jane', 'Dr.Smith', 'Anne-Marie', '3.14', 'St. John', ''])('may be %j', (name) => {
    expect(found({ kind: 'links', most: 0 }, 'Nice', { author: name })).toBeUndefined();
  });
});

describe('what is known around a comment', () => {
  it.each([
    [{ kind: 'first-time-author' }, {}, { approvedBefore: 1 }],
    [{ kind: 'repeated-text', hours: 2 }, { sameTextAt: hoursBefore(2) }, { sameTextAt: hoursBefore(2.1) }],
    [{ kind: 'repeated-text', hours: 2 }, { sameTextAt: at }, {}],
    [{ kind: 'post-age', days: 1 }, { postCreatedAt: hoursBefore(24.1) }, { postCreatedAt: hoursBefore(24) }],
    [{ kind: 'post-age', days: 1 }, { postCreatedAt: hoursBefore(999) }, {}],
  ])('decides %j', (rule, fitting, other) => {
    expect(found(rule, 'x', fitting)).toEqual([]);
    expect(found(rule, 'x', other)).toBeUndefined();
  });

  it('and its length', () => {
    expect(found({ kind: 'length', most: 3 }, 'abcd')).toEqual([]);
    expect(found({ kind: 'length', most: 3 }, 'abc')).toBeUndefined();
  });
});

describe('a set', () => {
  const rules = [
    { kind: 'words', words: ['x'], action: 'hold' },
    { kind: 'words', words: ['x', 'y'], action: 'flag' },
    { kind: 'words', words: ['z'], action: 'reject', reason: 'No z.' },
    { kind: 'all', action: 'hold' },
  ];
  const statusOf = (content: string, around: Partial<Evaluated> = {}) => {
    const { status, by } = rulesOf(rules).evaluate(of(content, around));
    return [status, by];
  };

  it('goes by the first rule that fits', () => {
    expect(['x y z', 'y z', 'z', '-'].map((content) => statusOf(content))).toEqual([
      ['pending', 'rule r0'],
      ['flagged', 'rule r1'],
      ['rejected', 'rule r2'],
      ['pending', 'rule r3'],
    ]);
  });

  it('holds nothing of an author with enough approved comments, and rejects it still', () => {
    const around = { approvedBefore: 3 };
    expect(['x', 'z', '-'].map((content) => statusOf(content, around)[0])).toEqual(['flagged', 'rejected', 'approved']);
    expect(statusOf('-', { approvedBefore: 2 })[0]).toBe('pending');
    const trustsNobody = rulesOf(rules, { trustAfter: null });
    expect(trustsNobody.evaluate(of('-', { approvedBefore: 999 })).status).toBe('pending');
  });

  it('comes after the blocklist, which trusts nobody', () => {
    const evaluate = (action: 'reject' | 'hold') =>
      rulesOf([]).evaluate(of('x', { approvedBefore: 99, blocked: { action, reason: 'Bye.' } }));
    expect(evaluate('reject')).toEqual({ status: 'rejected', by: 'the blocklist', reason: 'Bye.', spans: [] });
    expect(evaluate('hold').status).toBe('pending');
  });

  it('gives at most 100 places', () => {
    expect(found({ kind: 'words', words: ['a'] }, 'a '.repeat(5_000))).toHaveLength(100);
  });
});
