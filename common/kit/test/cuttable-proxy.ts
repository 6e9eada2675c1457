import { connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between two processes: what connects to `port` gets to the target, until somebody cuts it. */
export interface CuttableProxy {
  readonly port: number;
  /** From now on nothing gets through, and nobody is told: as if a cable was pulled. */
  cut(): void;
  /** New connections get through again. What was sent into the cut wire is lost with its connection. */
  mend(): void;
  close(): Promise<void>;
}

export async function startCuttableProxy(
  target: { host: string; port: number },
  host = '127.0.0.1',
): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;

  function keep(socket: Socket, other: () => Socket | undefined): void {
    sockets.add(socket);
    // Their ends and errors are passed on by closing the other side.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (!isCut) other()?.destroy();
    });
  }

  const server: Server = createServer((near) => {
    if (isCut) return keep(near, () => undefined);
    const far = connect(target);
    keep(near, () => far);
    keep(far, () => near);
    near.on('data', (bytes) => isCut || far.write(bytes));
    far.on('data', (bytes) => isCut || near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    port: address.port,
    cut: () => void (isCut = true),
    mend() {
      // Bytes are missing in them.
      for (const socket of sockets) socket.destroy();
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
