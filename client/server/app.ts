import { createServiceApp, type Logger, mountRoutes, type Registry } from '@blog/kit';
import type { Express, Request, RequestHandler, Response } from 'express';
import { readTheme } from '../src/features/theme/theme';
import { createApi } from './api';
import type { Assets } from './assets';
import { createBlog, type Services } from './blog';
import { createCookies } from './cookies';
import { errorPages } from './error-pages';
import { formBody, formFields } from './form-body';
import { createFrontPage } from './front-page';
import type { PageTools } from './page-tools';
import { createPostPage } from './post-page';
import { sameOrigin } from './same-origin';
import { securityHeaders } from './security-headers';

export interface AppDeps {
  services: Services;
  /** The address under which readers reach this process, without a slash at its end. */
  publicUrl: string;
  assets: Assets;
  /** Serves the files that the pages name. */
  files: RequestHandler;
  /** Replaced in development, where scripts and styles come in other ways. */
  security?: RequestHandler;
  logger: Logger;
  metrics: Registry;
}

export interface App {
  app: Express;
  /** Ends the live streams, so that the server can close. */
  closeStreams(): void;
}

/** A path of this site, from a form: never another site's address. */
function ownPath(back: string | undefined): string {
  return back !== undefined && /^\/(?![/\\])/.test(back) && !/[\r\n\t]/.test(back) ? back : '/';
}

export function createApp(deps: AppDeps): App {
  const { services, publicUrl, assets, files, logger, metrics } = deps;
  const https = publicUrl.startsWith('https:');
  const cookies = createCookies({ secure: https });
  const frameOf = (req: Request) => ({ theme: cookies.theme(req), path: req.originalUrl, ...assets });
  const tools: PageTools = {
    blog: createBlog(services),
    cookies,
    logger,
    publicUrl,
    frameOf,
    readerOf: (req: Request, res: Response) => ({
      requestId: String(res.getHeader('X-Request-Id')),
      tokens: cookies.tokens(req),
    }),
  };
  const front = createFrontPage(tools);
  const post = createPostPage(tools);
  const api = createApi({ services, cookies });

  const app = createServiceApp({ logger, metrics, isReady: () => true });
  app.use(deps.security ?? securityHeaders({ https }));
  app.use(files);
  app.use(sameOrigin({ publicUrl }));
  app.use('/api/:service', ...api.handlers);
  mountRoutes(app, {
    '/': { get: front.read },
    '/posts': { get: (_req, res) => res.redirect('/'), post: [formBody, front.write] },
    '/posts/:id/comments': { get: post.read, post: [formBody, post.comment] },
    '/posts/:id{/:slug}': { get: post.read },
    '/theme': {
      post: [
        formBody,
        (req, res) => {
          const fields = formFields(req);
          cookies.keepTheme(res, readTheme(fields.get('theme')));
          res.redirect(303, ownPath(fields.get('back')));
        },
      ],
    },
  });
  app.use(...errorPages({ logger, frameOf }));
  return { app, closeStreams: api.closeStreams };
}
