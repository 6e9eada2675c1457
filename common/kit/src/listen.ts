import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * What to listen on for a HOST. `localhost` is both addresses of this machine: which of them a program takes for that name
 * differs (Node 17 to 19 takes ::1).
 */
function addressesOf(host: string): [string, ...string[]] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

/** The address of a HOST under which this machine reaches it. */
export function reachable(host: string): string {
  return ['localhost', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
/** The machine has no such address: many have no IPv6. */
const isMissingAddress = (error: unknown): boolean => ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error));

/** Another door to the same server; undefined where the machine doesn't have the address. */
async function openDoor(server: HttpServer, host: string, port: number): Promise<Server | undefined> {
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
  try {
    await listenOn(door, host, port);
    return door;
  } catch (error) {
    if (isMissingAddress(error)) return undefined;
    throw error;
  }
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

/** How often a free port is looked for that is free at each address. */
const mostTries = 20;

/**
 * Listens on one port at every address of a HOST. Rejects where that port can't be had. `close` accepts nothing new, and
 * resolves when all connections have ended.
 */
export async function listen(
  server: HttpServer,
  { host, port }: { host: string; port: number },
  triesLeft = mostTries,
): Promise<{ port: number; close(): Promise<void> }> {
  const [first, ...others] = addressesOf(host);
  const actualPort = await listenOn(server, first, port);
  const doors: Server[] = [];
  const close = async (): Promise<void> => void (await Promise.all([server, ...doors].map(closed)));
  try {
    for (const other of others) {
      const door = await openDoor(server, other, actualPort);
      if (door) doors.push(door);
    }
  } catch (error) {
    await close();
    if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || triesLeft === 0) throw error;
    return listen(server, { host, port }, triesLeft - 1);
  }
  return { port: actualPort, close };
}
