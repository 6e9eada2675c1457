import { z } from 'zod';
import { body, id, requiredText, text, time, version } from './text';

const title = requiredText(300);
const markdown = text(200_000);
const tag = requiredText(40);
const tags = z.array(tag, 'must be a list of texts').max(10, 'must be at most 10 tags');

/** What `POST /posts` takes. `body` is Markdown. */
export const NewPost = body({ title, body: markdown.default(''), tags: tags.default([]) });
export type NewPost = z.output<typeof NewPost>;

/** A post as its own service keeps it. */
export const Post = z.object({ id, title, body: markdown, tags, createdAt: time, version });
export type Post = z.output<typeof Post>;

/** A post in a list of the posts service. */
export type PostInList = Omit<Post, 'body'>;

/** The answer of the posts service's `GET /posts/:id`: with the body as sanitised HTML. */
export type PostWithHtml = Post & { html: string };

/** The data of PostCreated. The classic code sends `id` and `title` only. */
export const PostFact = z.object({
  id,
  title,
  body: markdown.default(''),
  tags: tags.default([]),
  createdAt: time.optional(),
  version: version.optional(),
});
export type PostFact = z.output<typeof PostFact>;
