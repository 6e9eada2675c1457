import { type Connection, type Exchange, createConnection } from './connection';

/** An exchange that was given to the pool. */
export interface Sent {
  /** Gives it up: it is not sent any more, or its connection is cut. It fails for this reason, unless it is over. */
  abort(reason: string): void;
}

/** The connections to one server, which are kept and used again. */
export interface ConnectionPool {
  /** Sends over an idle connection or a new one, or waits for one. Never throws. */
  send(exchange: Exchange): Sent;
  /** Cuts all connections. What is waiting or under way fails. */
  close(): void;
}

const sweepMs = 4_000;

export function createConnectionPool(origin: URL, { most }: { most: number }): ConnectionPool {
  const queue: Exchange[] = [];
  const open = new Set<Connection>();
  /** The one used last is at the end, and used first: those that are too many get old. */
  let idle: Connection[] = [];
  const inUse = new Map<Exchange, Connection>();
  let sweep: NodeJS.Timeout | undefined;
  let closed = false;

  /** Removes it from the books when it is over, whichever way. */
  function accounted(exchange: Exchange): Exchange {
    const { answered, failed } = exchange;
    const over = (): boolean => inUse.delete(exchange);
    return {
      ...exchange,
      answered: (head) => (over(), answered(head)),
      failed: (reason) => (over(), failed(reason)),
    };
  }

  function start(exchange: Exchange): void {
    const connection = takeIdle();
    if (connection) {
      inUse.set(exchange, connection);
      return connection.send(accounted(exchange));
    }
    const opened = createConnection(origin, accounted(exchange), { onIdle: release, onGone: forget });
    open.add(opened);
    inUse.set(exchange, opened);
  }

  function takeIdle(): Connection | undefined {
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.isUsable()) return last;
      last.destroy('idle for too long');
    }
    return undefined;
  }

  function release(connection: Connection): void {
    idle.push(connection);
    startWaiting();
    if (idle.length > 0) sweep ??= setTimeout(sweepIdle, sweepMs).unref();
  }

  function forget(connection: Connection): void {
    open.delete(connection);
    idle = idle.filter((other) => other !== connection);
    startWaiting();
  }

  function startWaiting(): void {
    while (!closed && queue.length > 0 && (idle.length > 0 || open.size < most)) {
      const next = queue.shift();
      if (next) start(next);
    }
  }

  function sweepIdle(): void {
    sweep = undefined;
    for (const connection of [...idle]) if (!connection.isUsable()) connection.destroy('idle for too long');
    if (idle.length > 0) sweep = setTimeout(sweepIdle, sweepMs).unref();
  }

  return {
    send(exchange) {
      if (closed) queueMicrotask(() => exchange.failed('closed'));
      else {
        queue.push(exchange);
        startWaiting();
      }
      return {
        abort(reason) {
          const place = queue.indexOf(exchange);
          if (place >= 0) queue.splice(place, 1)[0]?.failed(reason);
          else inUse.get(exchange)?.destroy(reason);
        },
      };
    },
    close() {
      closed = true;
      clearTimeout(sweep);
      for (const exchange of queue.splice(0)) exchange.failed('closed');
      for (const connection of [...open]) connection.destroy('closed');
    },
  };
}
