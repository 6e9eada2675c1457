import { requiredText, text } from '@blog/contract';
import { z } from 'zod';
import { fold } from './folding';

/** All words and phrases of a rule set together, in characters: what their automaton costs is bounded. */
const mostCharacters = 50_000;

/** What becomes of a comment: `reject`; `hold`: a moderator decides; `flag`: approved, and a moderator may look at it. */
const action = z.enum(['reject', 'hold', 'flag'], 'must be reject, hold or flag');

const common = {
  /** Its name in the audit log; unique in the set. */
  name: requiredText(80),
  action,
  /** What the author of a rejected comment is told. */
  reason: text(1_000).default(''),
};

const wholeNumber = (least: number, most: number) =>
  z
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** Something is left of it when it is compared; what is blank is refused anyway. */
const isVisible = (term: string): boolean => term.trim() === '' || fold(term).text.trim() !== '';
const terms = z
  .array(requiredText(100).refine(isVisible, 'must not be invisible characters only'), 'must be a list of texts')
  .min(1, 'must not be empty')
  .max(1_000, 'must be at most 1000');

/**
 * | kind | fits a comment |
 * |---|---|
 * | `words` | whose text or author's name includes one of the words, also inside of others |
 * | `phrases` | whose text or author's name has one of the phrases as whole words, in any case and spacing |
 * | `links` | with more than `most` links, in its text and its author's name together |
 * | `first-time-author` | of somebody who has no approved comment yet |
 * | `repeated-text` | with a text that its author, or its address, sent in the last `hours` before |
 * | `post-age` | on a post that is older than `days` |
 * | `length` | whose text or author's name is longer than `most` characters |
 * | `all` | whatever it is |
 */
export const Rule = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('words'), ...common, words: terms, caseSensitive: z.boolean().default(false) }),
    z.object({ kind: z.literal('phrases'), ...common, phrases: terms }),
    z.object({ kind: z.literal('links'), ...common, most: wholeNumber(0, 1_000) }),
    z.object({ kind: z.literal('first-time-author'), ...common }),
    z.object({ kind: z.literal('repeated-text'), ...common, hours: wholeNumber(1, 8_760) }),
    z.object({ kind: z.literal('post-age'), ...common, days: wholeNumber(0, 36_500) }),
    z.object({ kind: z.literal('length'), ...common, most: wholeNumber(1, 10_000) }),
    z.object({ kind: z.literal('all'), ...common }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union'
        ? 'must be words, phrases, links, first-time-author, repeated-text, post-age, length or all'
        : 'must be an object',
  },
);
export type Rule = z.output<typeof Rule>;

function charactersIn(rule: Rule): number {
  const terms = rule.kind === 'words' ? rule.words : rule.kind === 'phrases' ? rule.phrases : [];
  return terms.reduce((sum, { length }) => sum + length, 0);
}

/** What `PUT /rules` takes. Rules are data, tried in their order: the first that fits decides. */
export const RuleSet = z.object(
  {
    /** From so many approved comments on, rules that hold pass over an author; null: over nobody. */
    trustAfter: wholeNumber(1, 1_000).nullable().default(3),
    rules: z
      .array(Rule, 'must be a list of rules')
      .max(50, 'must be at most 50 rules')
      .superRefine((rules, context) => {
        rules.forEach(({ name }, index) => {
          if (rules.findIndex((other) => other.name === name) === index) return;
          context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is the name of another rule' });
        });
        if (rules.reduce((sum, rule) => sum + charactersIn(rule), 0) <= mostCharacters) return;
        const message = `must have at most ${mostCharacters} characters in all words and phrases`;
        context.addIssue({ code: 'custom', message });
      }),
  },
  'must be a JSON object',
);
export type RuleSet = z.output<typeof RuleSet>;

/** What everybody starts with; the first rule is the one that the classic course has. */
export const defaultRules: RuleSet = {
  trustAfter: 3,
  rules: [
    {
      kind: 'words',
      name: 'orange',
      action: 'reject',
      words: ['orange'],
      caseSensitive: true,
      reason: 'It contains the word “orange”.',
    },
  ],
};
