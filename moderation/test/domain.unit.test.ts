import { type CommentFact, VerdictFact } from '@blog/contract';
import { defaultRules, judge, type Rule } from '../src/domain';

const commentOf = (content: string): CommentFact => ({
  id: 'c1',
  content,
  postId: 'p1',
  status: 'pending',
  author: '',
});

const judged = (content: string, rules: readonly Rule[] = defaultRules) => judge(commentOf(content), { rules });

describe('judge', () => {
  it.each(['Nice', 'Orange', 'ORANGE', 'o range', 'oränge', ''])('approves %j', (content) => {
    expect(judged(content)?.verdict).toEqual({ commentId: 'c1', postId: 'p1', status: 'approved', revision: 1 });
  });

  it.each(['orange', 'an orange!', 'blorangery'])('rejects %j and says why', (content) => {
    expect(judged(content)?.verdict).toEqual({
      commentId: 'c1',
      postId: 'p1',
      status: 'rejected',
      reason: 'It contains the word “orange”.',
      rule: 'orange',
      revision: 1,
    });
  });

  it('tells of the verdict in the classic words, in the order of its post', () => {
    const fact = judged('an orange')?.fact;
    expect(fact).toEqual({
      type: 'CommentModerated',
      key: 'p1',
      subject: 'c1',
      data: {
        id: 'c1',
        content: 'an orange',
        postId: 'p1',
        status: 'rejected',
        reason: 'It contains the word “orange”.',
        revision: 1,
      },
    });
    expect(VerdictFact.parse(fact?.data)).toEqual(fact?.data);
  });

  it('goes by the first rule that fits', () => {
    const rules = [
      { name: 'one', words: ['x', 'y'], reason: 'One.' },
      { name: 'two', words: ['y', 'z'], reason: 'Two.' },
    ];
    expect(['a y', 'a z', 'a'].map((content) => judged(content, rules)?.verdict.rule)).toEqual([
      'one',
      'two',
      undefined,
    ]);
    expect(judged('orange', [])?.verdict.status).toBe('approved');
  });

  it('judges once', () => {
    const earlier = judged('Nice')?.verdict;
    expect(judge(commentOf('an orange'), { rules: defaultRules, earlier })).toBeUndefined();
  });
});
