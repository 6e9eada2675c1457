// The main of the thread that writes the log: see `writeInThread`. It opens the file, says so, and does what it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { WriteFailed, writeHere } from './log-writer';
import type { FromWriter, ToWriter } from './thread-writer';

const writer = writeHere((workerData as { file: string }).file);
const reply = (message: FromWriter): void => parentPort?.postMessage(message);

async function write({ appends, wallTime }: Extract<ToWriter, { kind: 'write' }>): Promise<void> {
  try {
    reply({ kind: 'written', written: await writer.write(appends, wallTime) });
  } catch (error) {
    if (!(error instanceof WriteFailed)) throw error;
    reply({ kind: 'failed', message: error.message, code: error.code });
  }
}

parentPort?.on('message', (message: ToWriter) => {
  if (message.kind === 'write') void write(message);
  else void writer.close().then(() => parentPort?.close());
});
reply({ kind: 'opened', durability: writer.durability() });
