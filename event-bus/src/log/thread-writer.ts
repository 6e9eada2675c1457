import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { NewEvent } from './event-log';
import { type Durability, type LogWriter, WriteFailed } from './log-writer';
import type { Written } from './sqlite-writer';

export type ToWriter =
  { kind: 'write'; appends: readonly (readonly NewEvent[])[]; wallTime: number } | { kind: 'close' };

export type FromWriter =
  | { kind: 'opened'; durability: Durability }
  | { kind: 'written'; written: Written }
  | { kind: 'failed'; message: string; code: string | undefined };

interface Waiting {
  resolve: (written: Written) => void;
  reject: (error: WriteFailed) => void;
}

/**
 * Writes in a thread of its own, so that this one goes on while the disk is waited for.
 * Rejects where the thread can't open the file. Where the thread ends unasked, every write fails.
 */
export async function writeInThread(file: string, options: WorkerOptions = {}): Promise<LogWriter> {
  const thread = new Worker(require.resolve('./writer-main'), { ...options, workerData: { file } });
  const tell = (message: ToWriter): void => thread.postMessage(message);
  const [opened] = (await once(thread, 'message')) as [FromWriter];
  if (opened.kind !== 'opened') throw new Error('the thread that writes the log did not open it');

  /** In the order of their messages; so are the answers. */
  let waiting: Waiting[] = [];
  let ended: WriteFailed | undefined;

  function end(why: string): void {
    ended ??= new WriteFailed(why, undefined);
    for (const { reject } of waiting) reject(ended);
    waiting = [];
  }

  thread.on('message', (message: FromWriter) => {
    const first = waiting.shift();
    if (message.kind === 'written') first?.resolve(message.written);
    else if (message.kind === 'failed') first?.reject(new WriteFailed(message.message, message.code));
  });
  thread.on('error', (error) => end(`the thread that writes the log failed: ${String(error)}`));
  thread.on('exit', () => end('the thread that writes the log has ended'));

  return {
    write: (appends, wallTime) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.push({ resolve, reject });
        tell({ kind: 'write', appends, wallTime });
      }),
    durability: () => opened.durability,
    async close() {
      if (ended) return;
      const exited = once(thread, 'exit');
      tell({ kind: 'close' });
      await exited;
    },
  };
}
