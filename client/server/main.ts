import { join } from 'node:path';
import { doorsOf, runProcess, startServer } from '@blog/kit';
import { createRenderingThread, sparingly } from '@blog/kit/rendering';
import { openAccess } from './access';
import { createApp } from './app';
import { readAssets, serveAssets } from './assets';
import { createServices } from './services';
import { Settings } from './settings';

void runProcess({ name: 'client', settings: Settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const now = (): Date => new Date();
  const thread = createRenderingThread({ mostWaiting: 20, logger });
  lifecycle.onClose('renderer', thread.close);
  const access = await openAccess(settings, { now, logger });
  lifecycle.onClose('failed sign-ins', access.failedSignIns.close);
  const browserBuild = join(__dirname, '../browser');
  const { app, closeStreams } = createApp({
    services: createServices({ settings, logger }),
    publicUrl: settings.PUBLIC_URL,
    blogName: settings.BLOG_NAME,
    ...access,
    writers: settings.POSTS_WRITE,
    embedOrigins: settings.EMBED_ORIGINS,
    now,
    renderer: sparingly(thread),
    assets: readAssets(browserBuild),
    files: serveAssets(browserBuild),
    doors: doorsOf(settings, 'nobody'),
    logger,
    metrics,
  });
  const server = await startServer(app, {
    host: settings.HOST,
    port: settings.PORT,
    names: { publicUrl: settings.PUBLIC_URL, allowed: settings.ALLOWED_HOSTS },
  });
  lifecycle.onClose('server', server.close);
  lifecycle.onClose('streams', closeStreams);
  logger.info({ url: server.url }, 'listening');
});
