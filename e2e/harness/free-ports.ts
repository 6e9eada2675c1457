import { createServer } from 'node:net';

// Below the ranges from which systems take the ports of outgoing connections, so that a process that was killed finds its port free.
const lowest = 20_000;
const highest = 32_000;

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** As many different ports as asked for, on which nobody listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await canListen(port)) found.add(port);
  }
  return [...found];
}
