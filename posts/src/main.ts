import { join } from 'node:path';
import {
  authOf,
  authSettings,
  bindPort,
  dataDirSetting,
  doorSettings,
  doorsOf,
  newId,
  openWhenFree,
  processSettings,
  runProcess,
} from '@blog/kit';
import { createRenderingThread } from '@blog/kit/rendering';
import { busSettings, connectBus, createRelay } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { limitSettings, limitPosts } from './posting-limits';
import { openPostStore } from './store';

const settings = z.object({
  ...processSettings(4000),
  ...doorSettings,
  DATA_DIR: dataDirSetting,
  ...busSettings,
  ...authSettings,
  /** Who may publish: `anyone`, or those with the role author. */
  POSTS_WRITE: z.enum(['anyone', 'authors'], 'must be anyone or authors').default('anyone'),
  ...limitSettings,
});

void runProcess({ name: 'posts', settings, process }, async (parts) => {
  const { settings, logger, metrics, lifecycle } = parts;
  const port = await bindPort(parts);
  const now = (): Date => new Date();
  const file = join(settings.DATA_DIR, 'posts.db');
  const store = await openWhenFree(() => openPostStore({ file, now }), parts);
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const relay = createRelay({ outbox: store.outbox, bus, logger });
  lifecycle.onClose('relay', relay.stop);
  const renderer = createRenderingThread({ logger });
  lifecycle.onClose('renderer', renderer.close);

  const app = createApp({
    ...{ store, renderer, onCommit: relay.nudge, newId, now, verifier, logger, metrics },
    auth: authOf(settings, { now, logger }),
    writers: settings.POSTS_WRITE,
    limit: limitPosts(settings),
    doors: doorsOf(settings),
  });
  port.serve(app);
});
