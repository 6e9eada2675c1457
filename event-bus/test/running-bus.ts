import { join } from 'node:path';
import {
  createMetrics,
  createSigner,
  createVerifier,
  newId,
  type RunningServer,
  silentLogger,
  startServer,
} from '@blog/kit';
import { createApp } from '../src/app';
import { systemClock } from '../src/delivery/clock';
import { createDispatcher } from '../src/delivery/dispatcher';
import { createHttpSender } from '../src/delivery/send';
import { openSqliteDeliveryState } from '../src/delivery/sqlite-delivery-state';
import { Subscription } from '../src/delivery/subscription';
import { openSqliteEventLog } from '../src/log/sqlite-event-log';
import { createBusMetrics } from '../src/metrics';

export type Subscriptions = Record<string, { endpoints: string[] } & Partial<Subscription>>;

export interface RunningBus {
  server: RunningServer;
  stop(): Promise<void>;
}

const fast = { firstMs: 5, longestMs: 50 };

/** A whole bus in this process, on its folder, with short back-offs; with a secret it signs and verifies. */
export async function runBus(
  folder: string,
  subscriptions: Subscriptions = {},
  { secret }: { secret?: string } = {},
): Promise<RunningBus> {
  const signer = secret === undefined ? undefined : createSigner([secret]);
  const verifier = secret === undefined ? undefined : createVerifier([secret]);
  const onFatal = (error: unknown): void => {
    throw error;
  };
  const metrics = createMetrics('event-bus');
  const busMetrics = createBusMetrics(metrics, systemClock.wallTime);
  const { wallTime } = systemClock;
  const log = openSqliteEventLog({
    file: join(folder, 'event-bus.db'),
    wallTime,
    onFatal,
    onCommit: busMetrics.onCommit,
  });
  const state = openSqliteDeliveryState({ file: join(folder, 'event-bus-delivery.db') });
  const dispatcher = createDispatcher({
    ...{ log, state, onFatal, logger: silentLogger, observer: busMetrics.observer },
    ...{ clock: systemClock, random: Math.random, openSender: () => createHttpSender({ connections: 16, signer }) },
    limits: { laneBackoff: fast, awayBackoff: fast, failingBackoff: fast, stopGraceMs: 200 },
  });
  busMetrics.watch(dispatcher);
  const parsed = Object.entries(subscriptions).map(([name, given]) => [name, Subscription.parse(given)] as const);
  await dispatcher.start(Object.fromEntries(parsed));
  const app = createApp({ log, dispatcher, newId, now: () => new Date(), verifier, logger: silentLogger, metrics });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  return {
    server,
    async stop() {
      await server.close();
      await dispatcher.stop();
      await state.close();
      await log.close();
      metrics.clear();
    },
  };
}
