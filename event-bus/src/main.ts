import { createAuth, runProcess, startServer } from '@blog/kit';
import { openBus } from './bus';
import { settings } from './config';
import { operatorsOnly } from './http/operators';
import { writeInThread } from './log/thread-writer';

const loopback = /^(127\.|::1$|localhost$)/;

void runProcess({ name: 'event-bus', settings, process }, async ({ settings, logger, metrics, lifecycle }) => {
  const bus = await openBus({
    folder: settings.DATA_DIR,
    subscriptions: settings.SUBSCRIPTIONS,
    secrets: settings.BUS_SECRET,
    publishers: settings.PUBLISHERS,
    eventTypes: settings.EVENT_TYPES,
    diskReserve: settings.DISK_RESERVE_MB * 1024 * 1024,
    ...(settings.BACKLOG_LIMIT === undefined ? {} : { backlogLimit: settings.BACKLOG_LIMIT }),
    takesFaults: settings.FAULTS === 'on',
    operators: operatorsOnly({
      auth: createAuth({ secrets: settings.AUTH_SECRET, now: () => new Date() }),
      trustsThisMachine: (settings.OPERATORS ?? (loopback.test(settings.HOST) ? 'local' : 'token')) === 'local',
    }),
    openWriter: writeInThread,
    ...{ logger, metrics },
    // Whoever supervises this process starts it again, and it opens its files anew.
    onFatal(error) {
      logger.fatal({ err: error }, 'the disk failed');
      process.exit(1);
    },
  });
  lifecycle.onClose('bus', bus.close);
  const server = await startServer(bus.app, { host: settings.HOST, port: settings.PORT });
  lifecycle.onClose('server', server.close);
  lifecycle.onClose('streams', bus.endStreams);
  logger.info({ url: server.url }, 'listening');
});
