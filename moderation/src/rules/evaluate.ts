import { type FoldedText, fold } from './folding';
import { findLinks } from './links';
import { createMatcher, type Span } from './matcher';
import type { Rule, RuleSet } from './rule-set';

/** A comment's text, and what is known around it. */
export interface Evaluated {
  content: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** How many other comments of this author are approved. */
  approvedBefore: number;
  /** When its author, or somebody at its address, last sent the same text before. */
  sameTextAt?: string;
  /** When its post was published. */
  postCreatedAt?: string;
  /** Where its author or its address is on the blocklist. */
  blocked?: { action: 'reject' | 'hold'; reason: string };
}

/** `flagged` is approved, and a moderator may look at it. */
export type QueueStatus = 'pending' | 'flagged' | 'approved' | 'rejected';

export interface Outcome {
  status: QueueStatus;
  /** Who decided, in words: `rule orange`, `the blocklist`, or `the rules` where none fitted. */
  by: string;
  rule?: string;
  /** In words for the author. */
  reason?: string;
  /** What of the text made the rule fit; at most 100 places. */
  spans: Span[];
}

export interface CompiledRules {
  evaluate(comment: Evaluated): Outcome;
}

/** A rule made ready for many comments: the places where it fits (none where it fits as a whole), or undefined. */
type Fits = (comment: Evaluated, folded: () => FoldedText) => Span[] | undefined;

const statusOfAction = { reject: 'rejected', hold: 'pending', flag: 'flagged' } as const;
const mostSpans = 100;
const hourMs = 60 * 60 * 1000;

/** Compiles a rule set. The first rule that fits decides; the blocklist goes before all rules. */
export function compileRules({ rules, trustAfter }: RuleSet): CompiledRules {
  const compiled = rules.map((rule) => ({ rule, fits: compileRule(rule) }));
  return {
    evaluate(comment) {
      const { blocked, approvedBefore } = comment;
      if (blocked) return outcome(statusOfAction[blocked.action], 'the blocklist', { reason: blocked.reason });
      const isTrusted = trustAfter !== null && approvedBefore >= trustAfter;
      const folded = once(() => fold(comment.content));
      for (const { rule, fits } of compiled) {
        if (isTrusted && rule.action === 'hold') continue;
        const spans = fits(comment, folded);
        if (!spans) continue;
        const { name, action, reason } = rule;
        return outcome(statusOfAction[action], `rule ${name}`, { rule: name, reason, spans });
      }
      return outcome('approved', 'the rules', {});
    },
  };
}

function outcome(
  status: QueueStatus,
  by: string,
  { rule, reason = '', spans = [] }: { rule?: string; reason?: string; spans?: Span[] },
): Outcome {
  const named = rule === undefined ? {} : { rule };
  return { status, by, ...named, ...(reason === '' ? {} : { reason }), spans: spans.slice(0, mostSpans) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function compileRule(rule: Rule): Fits {
  const whole = (fits: boolean): Span[] | undefined => (fits ? [] : undefined);
  switch (rule.kind) {
    case 'words':
      return rule.caseSensitive ? exactWords(rule.words) : anyCaseWords(rule.words);
    case 'phrases':
      return wholePhrases(rule.phrases);
    case 'links':
      return ({ content }) => {
        const links = findLinks(content);
        return links.length > rule.most ? links : undefined;
      };
    case 'first-time-author':
      return ({ approvedBefore }) => whole(approvedBefore === 0);
    case 'repeated-text':
      return ({ createdAt, sameTextAt }) => whole(msBetween(sameTextAt, createdAt) <= rule.hours * hourMs);
    case 'post-age':
      return ({ createdAt, postCreatedAt = createdAt }) =>
        whole(msBetween(postCreatedAt, createdAt) > rule.days * 24 * hourMs);
    case 'length':
      return ({ content }) => whole(content.length > rule.most);
    case 'all':
      return () => whole(true);
  }
}

/** Endless where there is no first moment. */
function msBetween(from: string | undefined, to: string): number {
  return from === undefined ? Infinity : Date.parse(to) - Date.parse(from);
}

const orUndefined = (spans: Span[]): Span[] | undefined => (spans.length > 0 ? spans : undefined);

function exactWords(words: readonly string[]): Fits {
  const matcher = createMatcher(words);
  return ({ content }) => orUndefined(matcher.find(content));
}

function anyCaseWords(words: readonly string[]): Fits {
  const matcher = createMatcher(words.map((word) => fold(word).text));
  return (_comment, folded) => {
    const { text, kinds } = folded();
    // A letter with a mark on it is another letter.
    return orUndefined(
      inOriginal(
        folded(),
        matcher.find(text, (_start, end) => kinds[end] !== 'mark'),
      ),
    );
  };
}

function wholePhrases(phrases: readonly string[]): Fits {
  const matcher = createMatcher(phrases.map((phrase) => fold(phrase).text.trim()));
  const isPart = (kind: FoldedText['kinds'][number] | undefined): boolean => kind === 'letter' || kind === 'mark';
  return (_comment, folded) => {
    const { text, kinds } = folded();
    const isWhole = (start: number, end: number): boolean =>
      !(isPart(kinds[start]) && isPart(kinds[start - 1])) && !(isPart(kinds[end - 1]) && isPart(kinds[end]));
    return orUndefined(inOriginal(folded(), matcher.find(text, isWhole)));
  };
}

function inOriginal({ starts, ends }: FoldedText, spans: Span[]): Span[] {
  return spans.map(({ start, end }) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }));
}
