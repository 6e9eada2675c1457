import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { inBatches } from './in-batches';
import type { Answer } from './outcome';
import type { HttpPush, Push, SentPush } from './send';
import type { Senders, SendersOptions } from './senders';

export type ToSendThread =
  | { kind: 'send'; number: number; group: string; push: HttpPush }
  | { kind: 'abort'; number: number; reason: string }
  | { kind: 'close'; group: string };

export interface FromSendThread {
  number: number;
  answer: Answer;
}

export interface SendThreadData extends SendersOptions {
  /** Shared. A push that has been written to a connection leaves its number at the place of that number. */
  written: Int32Array;
}

/** Pushes under way are always fewer, so that no two of them have one place. */
const places = 64 * 1024;
const largestNumber = 0x7fff_ffff;

/**
 * Sends in a thread of its own: what a POST costs, most of it in the system, holds up neither publishers nor the log nor
 * the order of delivery. Messages go in batches, all those of one turn of the event loop at once.
 * `onFatal` where the thread ends unasked: nothing can be delivered any more.
 */
export async function sendInThread(
  { onFatal, ...given }: SendersOptions & { onFatal: (error: unknown) => void },
  options: WorkerOptions = {},
): Promise<Senders> {
  const written = new Int32Array(new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT));
  const workerData: SendThreadData = { ...given, written };
  const thread = new Worker(require.resolve('./send-main'), { ...options, workerData });
  await once(thread, 'online');

  const waiting = new Map<number, (answer: Answer) => void>();
  const tell = inBatches<ToSendThread>((messages) => thread.postMessage(messages));
  let last = 0;
  let closing = false;

  function give(number: number, answer: Answer): boolean {
    waiting.get(number)?.(answer);
    return waiting.delete(number);
  }

  thread.on('message', (answers: FromSendThread[]) => {
    for (const { number, answer } of answers) give(number, answer);
  });
  thread.on('error', onFatal);
  thread.on('exit', () => closing || onFatal(new Error('the thread that sends has ended')));

  function send(group: string, { events, ...push }: Push): SentPush {
    const number = (last = (last % largestNumber) + 1);
    const answer = new Promise<Answer>((resolve) => waiting.set(number, resolve));
    const texts = events.map(({ id, text }) => ({ id, text }));
    tell({ kind: 'send', number, group, push: { ...push, events: texts } });
    const isWritten = (): boolean => Atomics.load(written, number % places) === number;
    return {
      answer,
      isWritten,
      abort(reason) {
        if (give(number, { kind: isWritten() ? 'broken' : 'unreachable', reason })) {
          tell({ kind: 'abort', number, reason });
        }
      },
    };
  }

  return {
    open: (group) => ({ send: (push) => send(group, push), close: () => tell({ kind: 'close', group }) }),
    async close() {
      closing = true;
      await thread.terminate();
    },
  };
}
