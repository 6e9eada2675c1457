import { type Logger, NotFound, problem, problemOf, sendProblem, TooManyRequests, Unavailable } from '@blog/kit';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ErrorPage, errorTitle } from '../src/routes/ErrorPage';
import type { PageFrame } from '../src/routes/Document';
import type { Blog } from './blog';
import { movedPages } from './moved-pages';
import { document } from './openapi';
import { sendPage } from './render';
import { ForeignOrigin } from './same-origin';
import { AnswerLost, ReaderGone } from './service';

interface ErrorPagesOptions {
  logger: Logger;
  frameOf: (req: Request) => PageFrame;
  blog: Pick<Blog, 'movedFrom'>;
}

/** What the client's own errors mean in HTTP; all others are mapped where every service's are. */
function problemFor(error: unknown) {
  if (error instanceof ForeignOrigin) return problem(403, { detail: 'Send this from the blog’s own pages.' });
  if (error instanceof AnswerLost) return problem(502, { detail: error.message });
  return problemOf(error);
}

/** Browsers get a page, programs (and whoever asks for what is for programs) problem+json. Both carry the id that is in the log. */
function wantsPage(req: Request): boolean {
  const isForPrograms = req.originalUrl.startsWith('/api/') || Object.hasOwn(document.paths, req.path);
  return !isForPrograms && req.accepts(['html', 'json']) === 'html';
}

/** The end of the app: what no route took is a 404, what failed is told by its meaning, anything unknown is a bare 500. */
export function errorPages({
  logger,
  frameOf,
  blog,
}: ErrorPagesOptions): [RequestHandler, ErrorRequestHandler, ErrorRequestHandler] {
  const notFound: RequestHandler = () => {
    throw new NotFound('There is no such route.');
  };

  const sendErrorPage = (req: Request, res: Response, { status, detail }: ReturnType<typeof problem>) => {
    const requestId = String(res.getHeader('X-Request-Id'));
    const isWorthRetrying = status >= 500 && req.method === 'GET';
    // Why somebody may not do it is different each time; what else may be said to a reader is the page's own.
    const why = status === 403 && detail !== undefined ? { text: detail } : {};
    const content = (
      <ErrorPage {...{ status, requestId, ...why }} {...(isWorthRetrying ? { retry: req.originalUrl } : {})} />
    );
    sendPage(res, { status, meta: { title: errorTitle(status) }, frame: frameOf(req), content });
  };

  const failed: ErrorRequestHandler = (error: unknown, req, res, next) => {
    if (error instanceof ReaderGone) return;
    if (res.headersSent) return next(error);
    const known = problemFor(error);
    const told = known ?? problem(500);
    const { status } = told;
    if (status >= 500) {
      const requestId = res.getHeader('X-Request-Id');
      logger[known ? 'warn' : 'error']({ err: error, requestId, method: req.method, path: req.path }, 'failed');
    }
    if (error instanceof Unavailable || error instanceof TooManyRequests)
      res.setHeader('Retry-After', String(error.retryAfterSeconds));
    if (wantsPage(req)) return sendErrorPage(req, res, told);
    sendProblem(res, told);
  };

  return [notFound, movedPages(blog), failed];
}
