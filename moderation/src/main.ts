import { join } from 'node:path';
import { authSettings, createAuth, dataDirSetting, processSettings, runProcess, startServer } from '@blog/kit';
import { busSettings, connectBus, createRelay } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { openModerationStore } from './store';

const settings = z.object({
  ...processSettings(4003),
  DATA_DIR: dataDirSetting,
  ...busSettings,
  ...authSettings,
});

void runProcess({ name: 'moderation', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const now = (): Date => new Date();
  const store = openModerationStore({ file: join(settings.DATA_DIR, 'moderation.db'), now });
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const relay = createRelay({ outbox: store.outbox, bus, logger });
  lifecycle.onClose('relay', relay.stop);
  const auth = createAuth({ secrets: settings.AUTH_SECRET, now });

  const app = createApp({ store, auth, now, onCommit: relay.nudge, verifier, logger, metrics });
  const server = await startServer(app, { host: settings.HOST, port: settings.PORT });
  lifecycle.onClose('server', server.close);
  logger.info({ url: server.url }, 'listening');
});
