import { runProcess, startServer } from '@blog/kit';
import { openBus } from './bus';
import { settings } from './config';
import { writeInThread } from './log/thread-writer';

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
