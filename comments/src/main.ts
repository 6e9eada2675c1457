import { authSettings, createAuth, newId, processSettings, runProcess, startServer } from '@blog/kit';
import { busSettings, connectBus, createRelay } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { limitSettings, limitsOf } from './sending-limits';
import { databaseSettings, openStore } from './open-store';

const settings = z.object({
  ...processSettings(4001),
  ...databaseSettings,
  ...busSettings,
  ...authSettings,
  ...limitSettings,
});

void runProcess({ name: 'comments', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const now = (): Date => new Date();
  const store = openStore(settings, { now, logger });
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
