import { join } from 'node:path';
import { createSigner, createVerifier, newId, runProcess, startServer } from '@blog/kit';
import { createApp } from './app';
import { settings } from './config';
import { systemClock } from './delivery/clock';
import { createDispatcher } from './delivery/dispatcher';
import { groupLimits } from './delivery/limits';
import { createHttpSender } from './delivery/send';
import { openSqliteDeliveryState } from './delivery/sqlite-delivery-state';
import { openSqliteEventLog } from './log/sqlite-event-log';
import { createBusMetrics } from './metrics';

void runProcess({ name: 'event-bus', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const busMetrics = createBusMetrics(metrics, systemClock.wallTime);
  // Whoever supervises this process starts it again, and it opens its files anew: after a failed fsync nothing else
  // can tell what is on the disk.
  const onFatal = (error: unknown): void => {
    logger.fatal({ err: error }, 'the disk failed');
    process.exit(1);
  };

  const log = openSqliteEventLog({
    file: join(settings.DATA_DIR, 'event-bus.db'),
    wallTime: systemClock.wallTime,
    onFatal,
    onCommit: busMetrics.onCommit,
  });
  lifecycle.onClose('log', log.close);
  const state = openSqliteDeliveryState({ file: join(settings.DATA_DIR, 'event-bus-delivery.db') });
  lifecycle.onClose('delivery state', state.close);

  const [newest, ...older] = settings.BUS_SECRET;
  const signer = newest === undefined ? undefined : createSigner([newest, ...older]);
  const verifier = newest === undefined ? undefined : createVerifier(settings.BUS_SECRET);
  const dispatcher = createDispatcher({
    ...{ log, state, logger, onFatal, observer: busMetrics.observer },
    openSender: () => createHttpSender({ connections: groupLimits.requests.single, signer }),
    clock: systemClock,
    random: Math.random,
  });
  lifecycle.onClose('dispatcher', dispatcher.stop);
  busMetrics.watch(dispatcher);
  await dispatcher.start(settings.SUBSCRIPTIONS);

  const app = createApp({ log, dispatcher, newId, now: () => new Date(), verifier, logger, metrics });
  const server = await startServer(app, { host: settings.HOST, port: settings.PORT });
  lifecycle.onClose('server', server.close);
  logger.info({ url: server.url }, 'listening');
});
