import { type FoldedText, fold } from './folding';
import { countLinksInName, findLinks } from './links';
import { createMatcher, type Span } from './matcher';
import type { Rule, RuleSet } from './rule-set';

/** A comment's text and its author's name, and what is known around it. */
export interface Evaluated {
  author: string;
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
  /** What of the text made the rule fit, none where it was the author's name; at most 100 places. */
  spans: Span[];
}

export interface CompiledRules {
  evaluate(comment: Evaluated): Outcome;
}

/** A text, and the same made comparable when a rule asks for that. */
interface Text {
  original: string;
  folded: () => FoldedText;
}

/** What a comment says in words. */
interface Words {
  content: Text;
  author: Text;
}

/** A rule made ready for many comments: the places where it fits (none where it fits as a whole), or undefined. */
type Fits = (comment: Evaluated, words: Words) => Span[] | undefined;

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
      const words = { content: textOf(comment.content), author: textOf(comment.author) };
      for (const { rule, fits } of compiled) {
        if (isTrusted && rule.action === 'hold') continue;
        const spans = fits(comment, words);
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

function textOf(original: string): Text {
  return { original, folded: once(() => fold(original)) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function compileRule(rule: Rule): Fits {
  const whole = (fits: boolean): Span[] | undefined => (fits ? [] : undefined);
  switch (rule.kind) {
    case 'words':
      return inTextOrName(rule.caseSensitive ? exactWords(rule.words) : anyCaseWords(rule.words));
    case 'phrases':
      return inTextOrName(wholePhrases(rule.phrases));
    case 'links':
      return ({ content, author }) => {
        const links = findLinks(content);
        return links.length + countLinksInName(author) > rule.most ? links : undefined;
      };
    case 'first-time-author':
      return ({ approvedBefore }) => whole(approvedBefore === 0);
    case 'repeated-text':
      return ({ createdAt, sameTextAt }) => whole(msBetween(sameTextAt, createdAt) <= rule.hours * hourMs);
    case 'post-age':
      return ({ createdAt, postCreatedAt = createdAt }) =>
        whole(msBetween(postCreatedAt, createdAt) > rule.days * 24 * hourMs);
    case 'length':
      return ({ content, author }) => whole(Math.max(content.length, author.length) > rule.most);
    case 'all':
      return () => whole(true);
  }
}

/** Endless where there is no first moment. */
function msBetween(from: string | undefined, to: string): number {
  return from === undefined ? Infinity : Date.parse(to) - Date.parse(from);
}

/** Where something is in one text, or undefined. */
type Finds = (text: Text) => Span[] | undefined;

/** The text and the name are two: nothing is found that begins in one and ends in the other. */
function inTextOrName(find: Finds): Fits {
  return (_comment, { content, author }) => find(content) ?? (find(author) ? [] : undefined);
}

const orUndefined = (spans: Span[]): Span[] | undefined => (spans.length > 0 ? spans : undefined);

function exactWords(words: readonly string[]): Finds {
  const matcher = createMatcher(words);
  return ({ original }) => orUndefined(matcher.find(original));
}

function anyCaseWords(words: readonly string[]): Finds {
  const matcher = createMatcher(words.map((word) => fold(word).text));
  return ({ folded }) => {
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

function wholePhrases(phrases: readonly string[]): Finds {
  const matcher = createMatcher(phrases.map((phrase) => fold(phrase).text.trim()));
  const isPart = (kind: FoldedText['kinds'][number] | undefined): boolean => kind === 'letter' || kind === 'mark';
  return ({ folded }) => {
    const { text, kinds } = folded();
    const isWhole = (start: number, end: number): boolean =>
      !(isPart(kinds[start]) && isPart(kinds[start - 1])) && !(isPart(kinds[end - 1]) && isPart(kinds[end]));
    return orUndefined(inOriginal(folded(), matcher.find(text, isWhole)));
  };
}

function inOriginal({ starts, ends }: FoldedText, spans: Span[]): Span[] {
  return spans.map(({ start, end }) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }));
}
