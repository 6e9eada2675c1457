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
import {
  addressDaysSetting,
  addressesEnd,
  busSettings,
  connectBus,
  createRelay,
  repeatEachHour,
} from '@blog/kit/state';
import { z } from 'zod';
import { createApp } from './app';
import { openModerationStore } from './store';

const settings = z.object({
  ...processSettings(4003),
  ...doorSettings,
  DATA_DIR: dataDirSetting,
  ...busSettings,
  ...authSettings,
  /** For how many days it is known which comments came from one address. */
  ADDRESS_DAYS: addressDaysSetting,
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
  const forgetAddresses = async (): Promise<void> => {
    const end = addressesEnd(settings.ADDRESS_DAYS, now());
    if (end) await store.forgetAddresses(end);
  };
  const retention = repeatEachHour(forgetAddresses, { what: 'forgetting addresses', logger });
  lifecycle.onClose('address retention', retention.stop);
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
