import { z } from 'zod';
import { PublicComment } from './comment';
import { Post } from './post';

/**
 * A post without its comments, as lists and the live stream show it. `commentCount` counts the approved ones. Another's
 * posts service may have published it without a title, or with one of any length.
 */
export const PostSummary = Post.omit({ body: true, draft: true, formerPaths: true })
  .extend({
    title: z.string(),
    excerpt: z.string(),
    commentCount: z.number().int().nonnegative(),
  })
  .meta({ id: 'PostSummary' });
export type PostSummary = z.output<typeof PostSummary>;

/** An entry of the read model's `GET /posts`. */
export const PostWithComments = PostSummary.extend({ comments: z.array(PublicComment) }).meta({
  id: 'PostWithComments',
});
export type PostWithComments = z.output<typeof PostWithComments>;

/** The read model's `GET /posts/:id`: with the body in Markdown and as sanitised HTML. */
export const FullPost = PostWithComments.extend({ body: z.string(), html: z.string() }).meta({ id: 'FullPost' });
export type FullPost = z.output<typeof FullPost>;
