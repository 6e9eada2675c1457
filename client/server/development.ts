import type { RequestListener } from 'node:http';
import { createHostCheck, createLogger, createMetrics, doorsOf, guardServer, type Logger, readConfig } from '@blog/kit';
import { createRenderingThread, type RenderingThreadOptions } from '@blog/kit/rendering';
import express, { type RequestHandler } from 'express';
import type { ViteDevServer } from 'vite';
import { openAccess } from './access';
import type * as AppModule from './app';
import { type Assets, entries, entrySource } from './assets';
import { createServices } from './services';
import { Settings } from './settings';

interface DevelopmentOptions {
  env: Record<string, string | undefined>;
  vite: ViteDevServer;
  /** What React's hot reload needs before any component is loaded. */
  preamble: string;
  /** How the thread that renders Markdown is run from source. */
  rendering: RenderingThreadOptions;
}

export interface Development {
  settings: Settings;
  logger: Logger;
  /** The app as the source has it now. */
  currentApp(): Promise<RequestListener>;
}

const preamblePath = '/@react-preamble';

const sharedStyles = ['tokens', 'base', 'prose'].map((name) => `/src/styles/${name}.css`);

/** The shared style sheets and those that the server has come across: linked, so that no page flashes up without them. */
function stylesOf(vite: ViteDevServer): string[] {
  const modules = vite.environments.ssr.moduleGraph.idToModuleMap.values();
  return [...sharedStyles, ...[...modules].map(({ url }) => url).filter((url) => url.endsWith('.css'))];
}

function serveSource({ vite, preamble }: DevelopmentOptions): RequestHandler {
  const files = express.Router();
  files.get(preamblePath, (_req, res) => void res.type('js').send(preamble));
  files.use(vite.middlewares);
  return files;
}

/** The client in development: the same app, made anew whenever its source changes. Throws where the settings are wrong. */
export function createDevelopment(options: DevelopmentOptions): Development {
  const { vite, env, rendering } = options;
  const now = (): Date => new Date();
  const settings = readConfig(Settings, env);
  const logger = createLogger({ name: 'client', level: settings.LOG_LEVEL });
  const services = createServices({ settings, logger });
  const assets = Object.fromEntries(
    entries.map((name) => [
      name,
      {
        scripts: [preamblePath, '/@vite/client', `/${entrySource(name)}`],
        get styles() {
          return stylesOf(vite);
        },
      },
    ]),
  ) as Assets;
  const access = openAccess(settings, { now, logger });
  const renderer = createRenderingThread({ ...rendering, logger });
  let source: typeof AppModule | undefined;
  const { HOST: listensOn, PUBLIC_URL: publicUrl, ALLOWED_HOSTS: allowed } = settings;
  const isOwnHost = createHostCheck({ listensOn, publicUrl, allowed });
  let app: RequestListener | undefined;
  return {
    settings,
    logger,
    async currentApp() {
      const loaded = (await vite.ssrLoadModule('/server/app.ts')) as typeof AppModule;
      if (app === undefined || loaded !== source) {
        source = loaded;
        const { app: made } = loaded.createApp({
          services,
          publicUrl: settings.PUBLIC_URL,
          blogName: settings.BLOG_NAME,
          ...(await access),
          writers: settings.POSTS_WRITE,
          embedOrigins: settings.EMBED_ORIGINS,
          now,
          renderer,
          assets,
          files: serveSource(options),
          // Vite's own scripts and styles are inline.
          security: (_req, _res, next) => next(),
          doors: doorsOf(settings, 'nobody'),
          logger,
          metrics: createMetrics('client'),
        });
        app = guardServer(made, isOwnHost);
      }
      return app;
    },
  };
}
