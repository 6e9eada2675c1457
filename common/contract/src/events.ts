import type { z } from 'zod';
import { CommentFact, VerdictFact } from './comment';
import { PostFact } from './post';

/** Every event of the blog, by its type, with the schema of its data. All are facts in the past tense. */
export const blogEvents = {
  PostCreated: PostFact.describe('By posts: a post was published.'),
  CommentCreated: CommentFact.describe('By comments: a comment was written; it is pending.'),
  CommentModerated: VerdictFact.describe('By moderation: a verdict was reached.'),
  CommentUpdated: CommentFact.describe(
    'By comments: a comment changed, for instance by a verdict; the data is its new state.',
  ),
};

type Data<T extends keyof typeof blogEvents> = z.output<(typeof blogEvents)[T]>;

export type BlogEvent = { [T in keyof typeof blogEvents]: { type: T; data: Data<T> } }[keyof typeof blogEvents];
