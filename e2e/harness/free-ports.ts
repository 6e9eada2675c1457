import { createServer } from 'node:net';
import { addressesOf } from '../../infra/laptop/processes.cjs';

// Below the ranges from which systems take the ports of outgoing connections, so that a process that was killed finds its port free.
const lowest = 20_000;
const highest = 32_000;

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

async function isFree(port: number): Promise<boolean> {
  for (const host of addressesOf('localhost')) if (!(await canListen(port, host))) return false;
  return true;
}

/** As many different ports as asked for, on which nobody listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}
