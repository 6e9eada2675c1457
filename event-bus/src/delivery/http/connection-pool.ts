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
/**
 * A connection on which an answer still goes on is worth some waiting, as a new one costs more than the rest of most answers;
 * head and body of one may come 40 ms apart (Nagle). After this it is given up: some answers never end.
 */
const restOfAnswerMs = 60;

export function createConnectionPool(origin: URL, { most }: { most: number }): ConnectionPool {
  const queue: Exchange[] = [];
  const open = new Set<Connection>();
  /** The one used last is at the end, and used first: those that are too many get old. */
  let idle: Connection[] = [];
  const inUse = new Map<Exchange, Connection>();
  /** Those whose answer counts already and goes on, with the time since when; the oldest first. */
  const goingOn = new Map<Connection, number>();
  let nextLook: NodeJS.Timeout | undefined;
  let sweep: NodeJS.Timeout | undefined;
  let closed = false;

  /** Removes it from the books when it is over, whichever way. */
  function accounted(exchange: Exchange): Exchange {
    const { answered, failed } = exchange;
    return {
      ...exchange,
      answered(answer) {
        const connection = inUse.get(exchange);
        inUse.delete(exchange);
        // If it is whole, the connection says so next.
        if (connection && open.has(connection)) goingOn.set(connection, performance.now());
        answered(answer);
      },
      failed(reason) {
        inUse.delete(exchange);
        failed(reason);
      },
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
    goingOn.delete(connection);
    idle.push(connection);
    startWaiting();
    if (idle.length > 0) sweep ??= setTimeout(sweepIdle, sweepMs).unref();
  }

  function forget(connection: Connection): void {
    open.delete(connection);
    goingOn.delete(connection);
    idle = idle.filter((other) => other !== connection);
    startWaiting();
  }

  function startWaiting(): void {
    while (!closed && queue.length > 0 && (idle.length > 0 || open.size < most)) {
      const next = queue.shift();
      if (next) start(next);
    }
    if (queue.length > 0) giveUpOldest();
  }

  /** So that answers without an end don't keep the connections from those who wait. */
  function giveUpOldest(): void {
    const [since] = goingOn.values();
    if (closed || since === undefined) return;
    // Timers ring before sockets are read: after a pause the rest of the answer may lie there. So there is a last look.
    nextLook ??= setTimeout(() => setImmediate(look, performance.now()), since + restOfAnswerMs - performance.now());
  }

  function look(now: number): void {
    nextLook = undefined;
    for (const [connection, since] of [...goingOn].slice(0, queue.length)) {
      if (since + restOfAnswerMs <= now) connection.destroy('the answer does not end');
    }
    startWaiting();
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
      clearTimeout(nextLook);
      for (const exchange of queue.splice(0)) exchange.failed('closed');
      for (const connection of [...open]) connection.destroy('closed');
    },
  };
}
