import { connect, createServer } from 'node:net';
import { addressesOf, reachable } from './processes.cjs';

/** Those of the entries whose port somebody already uses. */
export async function takenPorts(entries, ports, host) {
  const isTakenAnywhere = async (port) => {
    for (const address of addressesOf(host)) if (await isTaken(port, address)) return true;
    return false;
  };
  const taken = await Promise.all(entries.map(({ name }) => isTakenAnywhere(ports[name])));
  return entries.filter((_, index) => taken[index]);
}

/** Somebody answers there, or we may not listen there. (Either alone misses cases on some systems.) */
async function isTaken(port, host) {
  return (await answers(port, reachable(host))) || !(await canListen(port, host));
}

/** Whether something accepts a connection on the port. */
export function answers(port, host) {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 500 });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    // Many machines have no IPv6: where there is no such address, nobody else listens on it.
    server.once('error', ({ code }) => resolve(['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code)));
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}
