import { createMetrics, type RunningServer, silentLogger, startServer } from '@blog/kit';
import type { RequestHandler } from 'express';
import { type BusOptions, openBus } from '../src/bus';
import { Subscription } from '../src/delivery/subscription';

export type Subscriptions = Record<string, { endpoints: string[] } & Partial<Subscription>>;

export interface RunningBus {
  server: RunningServer;
  stop(): Promise<void>;
}

interface Options extends Partial<
  Pick<BusOptions, 'publishers' | 'eventTypes' | 'takesFaults' | 'operators' | 'logger' | 'dataAfterErasure'>
> {
  secret?: string;
}

const anybody: RequestHandler = (_req, _res, next) => next();
const fast = { firstMs: 5, longestMs: 50 };

/** A whole bus in this process, on its folder, with short back-offs; with a secret it signs and verifies. */
export async function runBus(
  folder: string,
  subscriptions: Subscriptions = {},
  { secret, operators = anybody, ...options }: Options = {},
): Promise<RunningBus> {
  const metrics = createMetrics('event-bus');
  const parsed = Object.entries(subscriptions).map(([name, given]) => [name, Subscription.parse(given)] as const);
  const bus = await openBus({
    ...{ folder, metrics, logger: silentLogger },
    subscriptions: Object.fromEntries(parsed),
    ...options,
    operators,
    secrets: secret === undefined ? [] : [secret],
    limits: { laneBackoff: fast, awayBackoff: fast, failingBackoff: fast, stopGraceMs: 200, readHistoryMs: 300 },
    onFatal(error) {
      throw error;
    },
  });
  const server = await startServer(bus.app, { host: '127.0.0.1', port: 0 });
  return {
    server,
    async stop() {
      bus.endStreams();
      await server.close();
      await bus.close();
      metrics.clear();
    },
  };
}
