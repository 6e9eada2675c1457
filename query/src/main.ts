import { join } from 'node:path';
import { dataDirSetting, processSettings, runProcess, startServer } from '@blog/kit';
import { excerptOf, renderLimitedMarkdown, renderMarkdown } from '@blog/kit/markdown';
import { busSettings, connectBus } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { startCatchUp } from './catch-up';
import { applyEvents, type ProjectionParts } from './event-handlers';
import { createLiveStream } from './live-stream';
import { openReadModelStore } from './store';

const settings = z.object({
  ...processSettings(4002),
  DATA_DIR: dataDirSetting,
  ...busSettings,
});

const parts: ProjectionParts = {
  render: {
    post: (markdown) => ({ html: renderMarkdown(markdown), excerpt: excerptOf(markdown) }),
    comment: renderLimitedMarkdown,
  },
  now: () => new Date(),
};

void runProcess({ name: 'query', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const store = openReadModelStore({ file: join(settings.DATA_DIR, 'query.db') });
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const stream = createLiveStream({ changes: store.changes, logger });

  const app = createApp({
    store,
    apply: async (events) => {
      await store.transaction((tx) => applyEvents(tx, events, parts));
      stream.announce();
    },
    stream,
    verifier,
    logger,
    metrics,
  });
  const server = await startServer(app, { host: settings.HOST, port: settings.PORT });
  lifecycle.onClose('server', server.close);
  lifecycle.onClose('streams', stream.close);
  logger.info({ url: server.url }, 'listening');

  const catchUp = startCatchUp({
    bus,
    apply: async (events, progress) => {
      await store.transaction(async (tx) => {
        await applyEvents(tx, events, parts);
        await tx.saveCatchUp(progress);
      });
      stream.announce();
    },
    progress: store.catchUp,
    logger,
  });
  lifecycle.onClose('catch-up', () => {
    catchUp.stop();
    return catchUp.done;
  });
});
