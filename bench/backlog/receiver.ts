import { once } from 'node:events';
import { createServer } from 'node:http';
import { forEachEvent } from '../bus/event';

export interface BacklogReceiver {
  /** Resolves when every event has come. */
  all: Promise<void>;
  repeated(): number;
  /** Events that came first after a later one of their key. */
  outOfOrder(): number;
  close(): Promise<void>;
}

/** Takes the events 0 … count - 1, of 1,000 keys in turn, and holds no more of them than that they came. */
export async function openBacklogReceiver(port: number, count: number, keys = 1_000): Promise<BacklogReceiver> {
  const seen = new Uint8Array(count);
  const newest = new Int32Array(keys).fill(-1);
  let missing = count;
  let repeated = 0;
  let outOfOrder = 0;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));

  function note(n: number): void {
    if (seen[n] !== 0) return void (repeated += 1);
    seen[n] = 1;
    if ((newest[n % keys] ?? -1) > n) outOfOrder += 1;
    newest[n % keys] = n;
    missing -= 1;
    if (missing === 0) done();
  }

  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      forEachEvent(Buffer.concat(chunks).toString(), note);
      res.end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    all,
    repeated: () => repeated,
    outOfOrder: () => outOfOrder,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
