import { newId, NotFound } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import type { WritePostProps } from '../src/features/posts/use-write-post';
import { messages } from '../src/messages';
import { postPath } from '@blog/contract/address';
import { FrontPage } from '../src/routes/FrontPage';
import type { FrontPageData } from './blog';
import { formFields } from './form-body';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

/** `GET /` and `POST /posts`: the list of posts, and the form that adds one. */
export function createFrontPage({ blog, readerOf, frameOf, publicUrl, logger }: PageTools) {
  async function draw(
    req: Request,
    res: Response,
    status: number,
    form: WritePostProps,
    cursor?: string,
  ): Promise<void> {
    let data: FrontPageData | undefined;
    try {
      data = await blog.frontPage(readerOf(req, res), cursor);
    } catch (error) {
      if (error instanceof NotFound) throw error;
      // The page stays useful while the list is away: a post can be written all the same.
      logger.warn({ err: error, requestId: res.getHeader('X-Request-Id') }, 'the list of posts is away');
    }
    const older = data?.older === undefined ? undefined : `/?cursor=${encodeURIComponent(data.older)}`;
    if (!data) res.setHeader('Retry-After', '2');
    sendPage(res, {
      status: status === 200 && !data ? 503 : status,
      meta: {
        title: cursor === undefined ? messages.site.name : messages.front.olderHeading,
        description: messages.site.tagline,
        canonical: publicUrl + (cursor === undefined ? '/' : req.originalUrl),
      },
      frame: frameOf(req, 'front'),
      content: (
        <FrontPage
          posts={data?.posts}
          older={older}
          position={data?.position}
          isNewest={cursor === undefined}
          form={form}
        />
      ),
    });
  }

  const read: RequestHandler = async (req, res) => {
    const { cursor } = req.query;
    const empty = { typed: { title: '', body: '' }, postKey: newId() };
    await draw(req, res, 200, empty, typeof cursor === 'string' && cursor !== '' ? cursor : undefined);
  };

  const write: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const typed = { title: fields.get('title') ?? '', body: fields.get('body') ?? '' };
    const key = fields.get('key') || newId();
    const outcome = await blog.writePost(readerOf(req, res), { json: typed, key });
    if (outcome.ok) return res.redirect(303, postPath(outcome.value));
    // After a lost answer the post may be stored: the same key lets the next attempt find that out.
    const postKey = outcome.status === 502 ? key : newId();
    await draw(req, res, outcome.status, { typed, refusal: outcome.refusal, postKey });
  };

  return { read, write };
}
