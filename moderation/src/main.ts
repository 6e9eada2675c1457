import { join } from 'node:path';
import {
  authOf,
  authSettings,
  bindPort,
  dataDirSetting,
  doorSettings,
  doorsOf,
  openWhenFree,
  processSettings,
  runProcess,
} from '@blog/kit';
import { busSettings, connectBus, createRelay } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { openModerationStore } from './store';

const settings = z.object({
  ...processSettings(4003),
  ...doorSettings,
  DATA_DIR: dataDirSetting,
  ...busSettings,
  ...authSettings,
});

void runProcess({ name: 'moderation', settings, process }, async (parts) => {
  const { settings, logger, metrics, lifecycle } = parts;
  const port = await bindPort(parts);
  const now = (): Date => new Date();
  const file = join(settings.DATA_DIR, 'moderation.db');
  const store = await openWhenFree(() => openModerationStore({ file, now }), parts);
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const relay = createRelay({ outbox: store.outbox, bus, logger });
  lifecycle.onClose('relay', relay.stop);
  const auth = authOf(settings, { now, logger });

  const app = createApp({
    store,
    auth,
    now,
    doors: doorsOf(settings),
    onCommit: relay.nudge,
    verifier,
    logger,
    metrics,
  });
  port.serve(app);
});
