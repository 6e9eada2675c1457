import { join } from 'node:path';
import { authSettings, createAuth, dataDirSetting, newId, processSettings, runProcess, startServer } from '@blog/kit';
import { busSettings, connectBus, createRelay } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { limitSettings, limitsOf } from './sending-limits';
import { openCommentStore } from './store';

const settings = z.object({
  ...processSettings(4001),
  DATA_DIR: dataDirSetting,
  ...busSettings,
  ...authSettings,
  ...limitSettings,
});

void runProcess({ name: 'comments', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const now = (): Date => new Date();
  const store = openCommentStore({ file: join(settings.DATA_DIR, 'comments.db'), now });
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const relay = createRelay({ outbox: store.outbox, bus, logger });
  lifecycle.onClose('relay', relay.stop);

  const auth = createAuth({ secrets: settings.AUTH_SECRET, now });
  const limits = limitsOf(settings);
  const app = createApp({ store, auth, limits, onCommit: relay.nudge, newId, now, verifier, logger, metrics });
  const server = await startServer(app, { host: settings.HOST, port: settings.PORT });
  lifecycle.onClose('server', server.close);
  logger.info({ url: server.url }, 'listening');
});
