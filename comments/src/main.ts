import {
  authOf,
  authSettings,
  bindPort,
  doorSettings,
  doorsOf,
  newId,
  openWhenFree,
  processSettings,
  runProcess,
} from '@blog/kit';
import { createRenderingThread, sparingly } from '@blog/kit/rendering';
import { addressDaysSetting, busSettings, connectBus, createRelay, repeatEachHour } from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { limitSettings, limitsOf } from './sending-limits';
import { databaseSettings, openStore } from './open-store';

const settings = z.object({
  ...processSettings(4001),
  ...doorSettings,
  ...databaseSettings,
  ...busSettings,
  ...authSettings,
  ...limitSettings,
  /** For how many days it is known from which address a comment came. */
  ADDRESS_DAYS: addressDaysSetting,
});

void runProcess({ name: 'comments', settings, process }, async (parts) => {
  const { settings, logger, metrics, lifecycle } = parts;
  const port = await bindPort(parts);
  const now = (): Date => new Date();
  const store = await openWhenFree(() => openStore(settings, { now, logger }), parts);
  lifecycle.onClose('store', store.close);
  const { bus, verifier } = connectBus(settings);
  lifecycle.onClose('bus client', bus.close);
  const relay = createRelay({ outbox: store.outbox, bus, logger });
  lifecycle.onClose('relay', relay.stop);
  const forgetAddresses = repeatEachHour(() => store.addresses.forget(settings.ADDRESS_DAYS), {
    what: 'forgetting addresses',
    logger,
  });
  lifecycle.onClose('address retention', forgetAddresses.stop);

  const thread = createRenderingThread({ logger });
  lifecycle.onClose('renderer', thread.close);

  const renderer = sparingly(thread);
  const auth = authOf(settings, { now, logger });
  const limits = limitsOf(settings);
  const doors = doorsOf(settings);
  port.serve(
    createApp({ store, auth, renderer, limits, doors, onCommit: relay.nudge, newId, now, verifier, logger, metrics }),
  );
});
