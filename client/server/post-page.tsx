import { newId } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import type { ComposerForm } from '../src/features/comments/Composer';
import { postPath } from '@blog/contract/address';
import { PostPage } from '../src/routes/PostPage';
import { formFields } from './form-body';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

const idOf = (req: Request): string => String(req.params.id);

/** `GET /posts/:id/:slug?` and `POST /posts/:id/comments`: the article, its comments, and the form that adds one. */
export function createPostPage({ blog, cookies, readerOf, frameOf, publicUrl }: PageTools) {
  async function draw(req: Request, res: Response, status: number, form: ComposerForm): Promise<void> {
    const cursor = typeof req.query.comments === 'string' ? req.query.comments : undefined;
    const { post, isYoung, earlier, ...data } = await blog.postPage(readerOf(req, res), idOf(req), cursor);
    const commentsAt = (place: string) => `${postPath(post)}?comments=${encodeURIComponent(place)}#comments`;
    sendPage(res, {
      status,
      meta: {
        title: post.title,
        description: post.excerpt,
        canonical: publicUrl + postPath(post),
        type: 'article',
        publishedAt: post.createdAt,
        tags: post.tags,
      },
      frame: frameOf(req, 'post'),
      content: (
        <PostPage
          post={post}
          isYoung={isYoung}
          comments={{
            postId: post.id,
            ...data,
            earlier: earlier === undefined ? undefined : commentsAt(earlier),
            newest: cursor === undefined ? undefined : `${postPath(post)}#comments`,
            form,
          }}
        />
      ),
    });
  }

  const read: RequestHandler = (req, res) => draw(req, res, 200, { typed: { author: '', content: '' }, key: newId() });

  const comment: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const typed = { author: fields.get('author') ?? '', content: fields.get('content') ?? '' };
    const key = fields.get('key') || newId();
    const author = typed.author.trim();
    const json = { content: typed.content, ...(author === '' ? {} : { author }) };
    const outcome = await blog.writeComment(readerOf(req, res), idOf(req), { json, key });
    if (!outcome.ok) {
      // After a lost answer the comment may be stored: the same key lets the next attempt find that out.
      const next = outcome.status === 502 ? key : newId();
      return draw(req, res, outcome.status, { typed, refusal: outcome.refusal, key: next });
    }
    const { id, token } = outcome.value;
    if (token !== undefined) cookies.keepToken(req, res, token);
    const place = id === undefined ? 'comments' : `c-${encodeURIComponent(id)}`;
    res.redirect(303, `/posts/${encodeURIComponent(idOf(req))}#${place}`);
  };

  return { read, comment };
}
