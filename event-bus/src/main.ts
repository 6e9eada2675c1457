import { authOf, bindPort, doorsOf, listensHereOnly, openWhenFree, runProcess } from '@blog/kit';
import { type BusOptions, openBus } from './bus';
import { blogDataAfterErasure } from './blog';
import { settings } from './config';
import { operatorsOnly } from './http/operators';
import { writeInThread } from './log/thread-writer';

void runProcess({ name: 'event-bus', settings, process }, async (parts) => {
  const { settings, logger, metrics, lifecycle } = parts;
  const port = await bindPort(parts);
  const options: BusOptions = {
    folder: settings.DATA_DIR,
    subscriptions: settings.SUBSCRIPTIONS,
    secrets: settings.BUS_SECRET,
    publishers: settings.PUBLISHERS,
    eventTypes: settings.EVENT_TYPES,
    dataAfterErasure: blogDataAfterErasure,
    diskReserve: settings.DISK_RESERVE_MB * 1024 * 1024,
    ...(settings.BACKLOG_LIMIT === undefined ? {} : { backlogLimit: settings.BACKLOG_LIMIT }),
    takesFaults: settings.FAULTS === 'on',
    doors: doorsOf(settings),
    operators: operatorsOnly({
      auth: authOf(settings, { now: () => new Date(), logger }),
      trustsThisMachine: (settings.OPERATORS ?? (listensHereOnly(settings.HOST) ? 'local' : 'token')) === 'local',
    }),
    openWriter: writeInThread,
    ...{ logger, metrics },
    // Whoever supervises this process starts it again, and it opens its files anew.
    onFatal(error) {
      logger.fatal({ err: error }, 'the disk failed');
      process.exit(1);
    },
  };
  const bus = await openWhenFree(() => openBus(options), parts);
  lifecycle.onClose('bus', bus.close);
  port.serve(bus.app);
  lifecycle.onClose('streams', bus.endStreams);
});
