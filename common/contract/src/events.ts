import type { z } from 'zod';
import { CommentErasure, CommentFact, CommentGone, NewCommentFact, VerdictFact } from './comment';
import { PostErasure, PostFact, PostGone } from './post';

/** Every event of the blog, by its type, with the schema of its data. All are facts in the past tense. */
export const blogEvents = {
  PostCreated: PostFact.describe('By posts: a post was published. Drafts are nobody else’s business.'),
  PostUpdated: PostFact.describe('By posts: a published post was changed; the data is its new state.'),
  PostDeleted: PostGone.describe('By posts: a published post was deleted, and with it its comments.'),
  CommentCreated: NewCommentFact.describe(
    'By comments: a comment was written and is pending, or it was imported as it stood elsewhere.',
  ),
  CommentModerated: VerdictFact.describe('By moderation: a verdict was reached.'),
  CommentUpdated: CommentFact.describe(
    'By comments: a comment changed, by a verdict or (pending again) by its author; the data is its new state.',
  ),
  CommentDeleted: CommentGone.describe('By comments: a comment was deleted.'),
  CommentErased: CommentErasure.describe(
    'By comments: a comment was deleted, and every copy of its text and its author’s name is to go for good.',
  ),
  PostErased: PostErasure.describe(
    'By posts: a post was deleted, and every copy of its text and of its comments’ is to go for good.',
  ),
};

type Data<T extends keyof typeof blogEvents> = z.output<(typeof blogEvents)[T]>;

export type BlogEvent = { [T in keyof typeof blogEvents]: { type: T; data: Data<T> } }[keyof typeof blogEvents];
