import {
  createServiceApp,
  type Doors,
  type Logger,
  metricsDoor,
  mountRoutes,
  type PrivateKey,
  type PublicKey,
  type Registry,
} from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import type { Express, Request, RequestHandler, Response } from 'express';
import { messages } from '../src/messages';
import { readTheme } from '../src/features/theme/theme';
import { review, write } from '../src/studio/words';
import { createApi } from './api';
import type { Assets, EntryName } from './assets';
import { createBlog, type Services } from './blog';
import type { Accounts } from './accounts/accounts';
import type { Audit } from './accounts/audit';
import type { FailedSignIns } from './accounts/failed-sign-ins';
import { createCookies } from './cookies';
import { createNoteDeletion } from './deletions';
import { forAllSites, frameHeaders } from './embed-headers';
import { createEmbedPage } from './embed-page';
import { errorPages } from './error-pages';
import { createFeeds, createRobots } from './feeds';
import { formBody, formFields } from './form-body';
import { forwardedFor } from './forwarded-for';
import { createFrontPage } from './front-page';
import { document } from './openapi';
import { ownPath } from './own-path';
import type { PageTools } from './page-tools';
import { createPostPage } from './post-page';
import { createPreview, limitPreviews } from './preview';
import { sameOrigin } from './same-origin';
import { createSessions } from './sessions';
import { createSignInPage } from './sign-in-page';
import { securityHeaders } from './security-headers';
import { createStudioPage } from './studio-page';

export interface AppDeps {
  services: Services;
  /** The address under which readers reach this process, without a slash at its end. */
  publicUrl: string;
  blogName: string;
  accounts: Accounts;
  audit: Audit;
  failedSignIns: Pick<FailedSignIns, 'add'>;
  /** Signs what the services are shown of who is signed in; undefined where nobody can sign in. */
  key: PrivateKey | undefined;
  /** Whose tokens count besides. */
  publicKeys: readonly PublicKey[];
  /** Who may write posts, as the posts service has it. */
  writers: 'anyone' | 'authors';
  /** The origins whose pages may show comments in a frame. */
  embedOrigins: readonly string[];
  now: () => Date;
  /** Renders what is previewed. */
  renderer: Renderer;
  assets: Assets;
  /** Serves the files that the pages name. */
  files: RequestHandler;
  /** Replaced in development, where scripts and styles come in other ways. */
  security?: RequestHandler;
  doors?: Doors;
  logger: Logger;
  metrics: Registry;
}

export interface App {
  app: Express;
  /** Ends the live streams, so that the server can close. */
  closeStreams(): void;
}

export function createApp(deps: AppDeps): App {
  const { services, publicUrl, blogName, assets, files, logger, metrics } = deps;
  const https = publicUrl.startsWith('https:');
  const cookies = createCookies({ secure: https });
  const sessions = createSessions({ ...deps, secure: https });
  const noteDeletion = createNoteDeletion(deps);
  const frameOf = (req: Request, entry: EntryName = 'page') => ({
    theme: cookies.theme(req),
    blogName,
    path: req.originalUrl,
    account: sessions.of(req)?.identity,
    canSignIn: sessions.areOpen,
    ...assets[entry],
  });
  const tools: PageTools = {
    blog: createBlog(services),
    cookies,
    sessions,
    noteDeletion,
    logger,
    publicUrl,
    blogName,
    renderer: deps.renderer,
    writers: deps.writers,
    now: deps.now,
    frameOf,
    readerOf: (req: Request, res: Response) => ({
      requestId: String(res.getHeader('X-Request-Id')),
      tokens: cookies.tokens(req),
      token: sessions.of(req)?.token,
      forwardedFor: forwardedFor(req),
    }),
  };
  const front = createFrontPage(tools);
  const post = createPostPage(tools);
  const embed = createEmbedPage(tools, { origins: deps.embedOrigins });
  const signIn = createSignInPage({ ...deps, sessions, frameOf });
  const studio = createStudioPage(tools);
  const writing = studio('author', 'write', { title: messages.nav.write, isWide: true, shortcuts: write.keys });
  const commentForm = [formBody, limitPreviews((req) => formFields(req).get('intent') === 'preview')];
  const feeds = createFeeds(services.query);
  const api = createApi({ services, cookies, sessions, noteDeletion });

  const { security = securityHeaders({ https }) } = deps;
  // Readers reach this process by themselves, and its metrics are none of theirs.
  const metricsFor = metricsDoor([], 'nobody');
  const app = createServiceApp({
    ...{ logger, metrics, isReady: () => true, securityHeaders: security, document, metricsFor },
    ...deps.doors,
  });
  app.use('/embed.js', forAllSites);
  app.use('/embed/:id', frameHeaders(deps.embedOrigins));
  app.use(files);
  app.use(sameOrigin({ publicUrl }));
  app.use(sessions.identify);
  app.use('/api/:service', ...api.handlers);
  mountRoutes(app, {
    '/': { get: front.read },
    '/posts': { get: (_req, res) => res.redirect('/'), post: [formBody, front.write] },
    '/posts/:id/comments': { get: post.read, post: [...commentForm, post.write] },
    '/posts/:id/comments/:commentId': { get: post.find, post: [...commentForm, post.change] },
    '/posts/:id{/:slug}': { get: post.read },
    '/write': { get: writing },
    '/write/:id': { get: writing },
    '/review': { get: studio('moderator', 'review', { title: messages.nav.review, shortcuts: review.keys }) },
    '/embed/:id': { get: [embed.allowed, embed.read] },
    '/embed/:id/comments': { get: [embed.allowed, embed.read], post: [embed.allowed, ...commentForm, embed.write] },
    '/embed/:id/comments/:commentId': {
      get: [embed.allowed, embed.find],
      post: [embed.allowed, ...commentForm, embed.change],
    },
    '/preview': { post: createPreview(deps.renderer, sessions) },
    '/feed.atom': { get: feeds },
    '/feed.json': { get: feeds },
    '/sitemap.xml': { get: feeds },
    '/robots.txt': { get: createRobots(publicUrl) },
    '/sign-in': { get: signIn.read, post: [formBody, ...signIn.signIn] },
    '/sign-out': { post: signIn.signOut },
    '/sign-out/everywhere': { post: signIn.signOutEverywhere },
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
  app.use(...errorPages({ logger, frameOf, blog: tools.blog }));
  return { app, closeStreams: api.closeStreams };
}
