import type { z } from 'zod';
import { CommentFact, CommentGone, VerdictFact } from './comment';
import { PostFact, PostGone } from './post';

/** Every event of the blog, by its type, with the schema of its data. All are facts in the past tense. */
export const blogEvents = {
  /** by posts: a post was published. Drafts are nobody else's business. */
  PostCreated: PostFact,
  /** by posts: a published post was changed; the data is its new state. */
  PostUpdated: PostFact,
  /** by posts: a published post was deleted, and with it its comments. */
  PostDeleted: PostGone,
  /** by comments: a comment was written; it is pending. */
  CommentCreated: CommentFact,
  /** by moderation: a verdict was reached. */
  CommentModerated: VerdictFact,
  /** by comments: a comment changed, by a verdict or (pending again) by its author; the data is its new state. */
  CommentUpdated: CommentFact,
  /** by comments: a comment was deleted. */
  CommentDeleted: CommentGone,
};

type Data<T extends keyof typeof blogEvents> = z.output<(typeof blogEvents)[T]>;

export type BlogEvent = { [T in keyof typeof blogEvents]: { type: T; data: Data<T> } }[keyof typeof blogEvents];
