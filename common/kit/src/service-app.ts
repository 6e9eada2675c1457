import cors from 'cors';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { metricsDoor } from './doors/metrics-door';
import { trustProxies } from './doors/reader-address';
import type { Logger } from './logger';
import type { Method, OpenApiDocument } from './openapi';
import { notFoundHandler, problem, problemHandler, sendProblem } from './problem-json';
import { createRequestTracker, type TrackRequest } from './track-requests';

export interface ServiceAppOptions {
  logger: Logger;
  metrics: Registry;
  /** Where the process answers some requests outside of this app: the tracker that it uses there too. */
  trackRequest?: TrackRequest;
  /** Whether the process's own dependencies work. Peers don't count: a peer that is away makes nobody unready. */
  isReady: () => boolean | Promise<boolean>;
  /** What `/healthz` tells besides `{"status":"ok"}`. */
  health?: () => Record<string, unknown>;
  /** Whether pages of any origin may call this service, and which headers they may read then. */
  openTo?: 'any-origin' | 'no-origin';
  exposedHeaders?: string[];
  /** What the process answers, for `/openapi.json`. */
  document?: OpenApiDocument;
  /** Proxies whose word on a reader's address counts; those of own networks where it isn't said. */
  trustedProxies?: readonly string[] | undefined;
  /** Who may read `/metrics`; whoever reaches the process by itself where it isn't said. */
  metricsFor?: RequestHandler | undefined;
  /** Sets what browsers may do with the answers; {@link apiHeaders} where it isn't said. A process with pages has its own. */
  securityHeaders?: RequestHandler;
}

/**
 * For answers that are data and never a page: whoever opens one in a browser gets nothing that runs, frames or is sniffed.
 * `cors` decides who may read them; whether all comes by HTTPS is known to whoever stands in front.
 */
const apiHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});

const doorForEvents = /^\/events\/?$/i;
/** The doors for events and for operators are open to no page: any site could use them through its visitor's browser. */
const closedToPages = /^\/(events|skipped)(\/|$)/i;

/**
 * An Express app with what every process has: request ids, `/healthz` (alive), `/readyz` (ready), `/metrics`, `/openapi.json`.
 * Mount routes with {@link mountRoutes}, then call {@link finishApp}.
 */
export function createServiceApp(options: ServiceAppOptions): Express {
  const { metrics, isReady, health = () => ({}), openTo = 'no-origin', exposedHeaders = [] } = options;
  const { trackRequest = createRequestTracker(options), document, securityHeaders = apiHeaders } = options;
  const { metricsFor = metricsDoor([], 'everybody') } = options;
  const app = express();
  app.disable('x-powered-by');
  trustProxies(app, options.trustedProxies);
  app.use((req, res, next) => {
    trackRequest(req, res, () => (req.route as { path?: string } | undefined)?.path ?? 'none');
    next();
  });
  app.use(securityHeaders);
  app.use((req, res, next) => {
    // This process keeps what it got: a bus is to push to it what it missed.
    if (doorForEvents.test(req.path)) res.setHeader('Catch-Up', 'bus');
    next();
  });
  if (openTo === 'any-origin') {
    const open = cors({ exposedHeaders: ['ETag', 'Link', 'Location', 'X-Request-Id', ...exposedHeaders] });
    app.use((req, res, next) => (closedToPages.test(req.path) ? next() : open(req, res, next)));
  }
  mountRoutes(app, {
    '/healthz': { get: (_req, res) => void res.json({ status: 'ok', ...health() }) },
    '/readyz': {
      get: async (_req, res) => {
        const ready = await isReady();
        res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
      },
    },
    '/metrics': {
      get: [metricsFor, async (_req, res) => void res.type(metrics.contentType).send(await metrics.metrics())],
    },
    ...(document ? { '/openapi.json': { get: (_req: Request, res: Response) => void res.json(document) } } : {}),
  });
  return app;
}

type Handlers = RequestHandler | RequestHandler[];

/** Routes by path and method. */
export type Routes = Record<string, Partial<Record<Method, Handlers>>>;

/** Mounts routes by path and method. A path's other methods answer 405 with `Allow`. */
export function mountRoutes(app: Express, routes: Routes): void {
  for (const [path, handlers] of Object.entries(routes)) {
    const route = app.route(path);
    const methods = Object.entries(handlers) as [Method, Handlers][];
    for (const [method, handler] of methods) route[method](handler);
    const names = methods.map(([method]) => method.toUpperCase());
    const allow = [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    route.all((req, res) => {
      res.setHeader('Allow', allow);
      if (req.method === 'OPTIONS') return void res.sendStatus(204);
      sendProblem(res, problem(405, { detail: `This route takes ${allow}.` }));
    });
  }
}

/** Puts the ends on: 404 for what no route took, and the mapping of errors to answers. */
export function finishApp(app: Express, logger: Logger): Express {
  app.use(notFoundHandler);
  app.use(problemHandler(logger));
  return app;
}
