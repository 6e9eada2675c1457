// The main of the thread that writes the log: see `writeInThread`. It opens the file, says so, and does what it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { WriteFailed, writeHere } from './log-writer';
import type { FromWriter, ToWriter } from './thread-writer';

const writer = writeHere((workerData as { file: string }).file);
const reply = (message: FromWriter): void => parentPort?.postMessage(message);

async function answer(message: Exclude<ToWriter, { kind: 'close' }>): Promise<FromWriter> {
  if (message.kind === 'write')
    return { kind: 'written', written: await writer.write(message.appends, message.wallTime) };
  if (message.kind === 'replace') return { kind: 'replaced', damaged: await writer.replace(message.texts) };
  if (message.kind === 'scrub') return { kind: 'scrubbed', isDone: await writer.scrub() };
  if (message.kind === 'rebuild') return { kind: 'mended', found: await writer.rebuild() };
  await writer.reindex();
  return { kind: 'mended', found: [] };
}

async function take(message: Exclude<ToWriter, { kind: 'close' }>): Promise<void> {
  try {
    reply(await answer(message));
  } catch (error) {
    if (!(error instanceof WriteFailed)) throw error;
    reply({ kind: 'failed', message: error.message, code: error.code });
  }
}

parentPort?.on('message', (message: ToWriter) => {
  if (message.kind !== 'close') void take(message);
  else void writer.close().then(() => parentPort?.close());
});
reply({ kind: 'opened', durability: writer.durability(), found: writer.found });
