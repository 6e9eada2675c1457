import { z } from 'zod';
import { factId, factText, ifFits } from './fact';
import { formerPaths } from './former-path';
import { body, id, requiredText, text, time, timeOfOthers, version } from './text';

const title = requiredText(300);
const markdown = text(200_000);
const tag = requiredText(40);
const tags = z.array(tag, 'must be a list of texts').max(10, 'must be at most 10 tags');
const draft = z.boolean('must be true or false');

/** What `POST /posts` takes. `body` is Markdown. A draft is seen by authors only, until it is published. */
export const NewPost = body({
  title,
  body: markdown.default(''),
  tags: tags.default([]),
  draft: draft.default(false),
}).meta({ id: 'NewPost' });
export type NewPost = z.output<typeof NewPost>;

/** What `PATCH /posts/:id` takes: whatever is to change. `draft: false` publishes; a published post stays so. */
export const PostChange = body({
  title: title.optional(),
  body: markdown.optional(),
  tags: tags.optional(),
  draft: draft.optional(),
}).meta({ id: 'PostChange' });
export type PostChange = z.output<typeof PostChange>;

/** What `PUT /posts/:id` takes: a post from elsewhere, with the times that it had there, and the paths. */
export const PostToImport = NewPost.extend({
  createdAt: timeOfOthers,
  updatedAt: timeOfOthers.optional(),
  formerPaths: formerPaths.default([]),
}).meta({
  id: 'PostToImport',
});
export type PostToImport = z.output<typeof PostToImport>;

/**
 * A post as its own service keeps it. `createdAt` is when it was published, of a draft when it was begun. `formerPaths` are those
 * that it had elsewhere; absent where it had none.
 */
export const Post = z
  .object({
    id,
    title,
    body: markdown,
    tags,
    draft,
    createdAt: time,
    updatedAt: time,
    version,
    formerPaths: formerPaths.optional(),
  })
  .meta({ id: 'Post' });
export type Post = z.output<typeof Post>;

/** A post in a list of the posts service. */
export const PostInList = Post.omit({ body: true }).meta({ id: 'PostInList' });
export type PostInList = z.output<typeof PostInList>;

/** The answer of the posts service's `GET /posts/:id`: with the body as sanitised HTML. */
export const PostWithHtml = Post.extend({ html: z.string() }).meta({ id: 'PostWithHtml' });
export type PostWithHtml = z.output<typeof PostWithHtml>;

/** The data of PostCreated and PostUpdated. The classic code sends `id` and `title` only. */
export const PostFact = z.object({
  id: factId,
  title: factText,
  body: factText,
  tags: tags.default([]).catch([]),
  createdAt: ifFits(time),
  updatedAt: ifFits(time),
  version: ifFits(version),
  formerPaths: ifFits(formerPaths),
});
export type PostFact = z.output<typeof PostFact>;

/** The data of PostDeleted. */
export const PostGone = z.object({ id: factId, version: ifFits(version) });
export type PostGone = z.output<typeof PostGone>;

/** The data of PostErased: no text of it, nor of its comments, may be left anywhere. */
export const PostErasure = z.object({ id: factId });
export type PostErasure = z.output<typeof PostErasure>;
