import type { CommentFact, CommentStatus, VerdictFact } from '@blog/contract';
import type { Fact } from '@blog/kit';

/** Rejects a comment whose content includes one of the words, case-sensitive. Rules are data; the first that fits decides. */
export interface Rule {
  name: string;
  words: string[];
  /** What the comment's author is told. */
  reason: string;
}

export const defaultRules: readonly Rule[] = [
  { name: 'orange', words: ['orange'], reason: 'It contains the word “orange”.' },
];

/** What moderation decided on a comment. */
export interface Verdict {
  commentId: string;
  postId: string;
  status: CommentStatus;
  reason?: string;
  /** The rule that decided; absent where none fitted. */
  rule?: string;
  /** How often this comment has been judged. */
  revision: number;
}

/**
 * Judges a comment; undefined where it has been judged already, so that a repeated event changes nothing.
 * The key is the post's id, so that the verdict stays in order with what else happens to the post.
 */
export function judge(
  comment: CommentFact,
  { rules, earlier }: { rules: readonly Rule[]; earlier?: Verdict },
): { verdict: Verdict; fact: Fact<'CommentModerated', VerdictFact> } | undefined {
  if (earlier) return undefined;
  const rule = rules.find(({ words }) => words.some((word) => comment.content.includes(word)));
  const decided = rule ? { status: 'rejected' as const, reason: rule.reason } : { status: 'approved' as const };
  const { id, content, postId } = comment;
  const verdict: Verdict = { commentId: id, postId, ...decided, ...(rule ? { rule: rule.name } : {}), revision: 1 };
  const data = { id, content, postId, ...decided, revision: verdict.revision };
  return { verdict, fact: { type: 'CommentModerated', key: postId, subject: id, data } };
}
