import { postPath } from '@blog/contract/address';
import { NotFound } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import { EmbedPage } from '../src/routes/EmbedPage';
import { readTheme } from '../src/features/theme/theme';
import {
  commentsCursorOf,
  commentsProps,
  type CommentsState,
  createCommentForms,
  emptyForm,
  openedBy,
  postIdOf,
} from './comment-forms';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

/**
 * `GET /embed/:id?theme=` and the forms under it: a post's comments alone, for a frame in pages of the origins that are
 * allowed to. 404 where none is. {@link frameHeaders} must come before it.
 */
export function createEmbedPage(tools: PageTools, { origins }: { origins: readonly string[] }) {
  const { blog, readerOf, frameOf, publicUrl, blogName, now } = tools;

  async function draw(req: Request, res: Response, state: CommentsState): Promise<void> {
    const cursor = commentsCursorOf(req);
    const reader = readerOf(req, res);
    const data = await blog.postPage(reader, postIdOf(req), cursor);
    const { title } = data.post;
    sendPage(res, {
      status: state.status,
      meta: { title },
      frame: { ...frameOf(req, 'embed'), theme: readTheme(req.query['theme']), isBare: true },
      content: (
        <EmbedPage
          blogName={blogName}
          title={title}
          address={publicUrl + postPath(data.post)}
          asOf={data.asOf}
          comments={commentsProps(data, state, { path: pathOf(req), cursor, now: now() })}
        />
      ),
      isPersonal: reader.tokens.length > 0,
      asOf: data.asOf,
    });
  }

  const pathOf = (req: Request): string => `/embed/${encodeURIComponent(postIdOf(req))}`;
  const { write, change, find } = createCommentForms(tools, { pathOf, draw });
  const allowed: RequestHandler = (_req, _res, next) => {
    if (origins.length === 0) throw new NotFound('Comments are embedded nowhere: EMBED_ORIGINS is not set.');
    next();
  };
  const read: RequestHandler = (req, res) => draw(req, res, { status: 200, opened: openedBy(req), form: emptyForm() });
  return { allowed, read, write, change, find };
}
