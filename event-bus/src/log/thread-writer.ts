import { once } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { NewEvent, ReplacedText } from './event-log';
import { type Durability, type LogWriter, WriteFailed } from './log-writer';
import type { Written } from './sqlite-writer';

export type ToWriter =
  | { kind: 'write'; appends: readonly (readonly NewEvent[])[]; wallTime: number }
  | { kind: 'replace'; texts: readonly ReplacedText[] }
  | { kind: 'scrub' }
  | { kind: 'rebuild' }
  | { kind: 'reindex' }
  | { kind: 'close' };

export type FromWriter =
  | { kind: 'opened'; durability: Durability; found: readonly string[] }
  | { kind: 'written'; written: Written }
  | { kind: 'replaced'; damaged: number | undefined }
  | { kind: 'scrubbed'; isDone: boolean }
  | { kind: 'mended'; found: readonly string[] }
  | { kind: 'failed'; message: string; code: string | undefined };

type Answer = Exclude<FromWriter, { kind: 'opened' | 'failed' }>;

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: WriteFailed) => void;
}

/** Asks the thread, one question after the other. Where it ends unasked, every question fails. */
function createQuestions(thread: Worker): { ask: (question: ToWriter) => Promise<Answer>; hasEnded: () => boolean } {
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
    if (message.kind === 'failed') first?.reject(new WriteFailed(message.message, message.code));
    else if (message.kind !== 'opened') first?.resolve(message);
  });
  thread.on('error', (error) => end(`the thread that writes the log failed: ${String(error)}`));
  thread.on('exit', () => end('the thread that writes the log has ended'));

  function ask(message: ToWriter): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      waiting.push({ resolve, reject });
      thread.postMessage(message);
    });
  }

  return { ask, hasEnded: () => ended !== undefined };
}

const answeredOtherwise = (): WriteFailed =>
  new WriteFailed('the thread that writes the log answered otherwise', undefined);

/**
 * Writes in a thread of its own, so that this one goes on while the disk is waited for.
 * Rejects where the thread can't open the file. Where the thread ends unasked, every write fails.
 */
export async function writeInThread(file: string, options: WorkerOptions = {}): Promise<LogWriter> {
  const thread = new Worker(require.resolve('./writer-main'), { ...options, workerData: { file } });
  const tell = (message: ToWriter): void => thread.postMessage(message);
  const [opened] = (await once(thread, 'message')) as [FromWriter];
  if (opened.kind !== 'opened') throw new Error('the thread that writes the log did not open it');

  const { ask, hasEnded } = createQuestions(thread);

  async function mend(kind: 'rebuild' | 'reindex'): Promise<string[]> {
    const answer = await ask({ kind });
    return answer.kind === 'mended' ? [...answer.found] : [];
  }

  return {
    async write(appends, wallTime) {
      const answer = await ask({ kind: 'write', appends, wallTime });
      if (answer.kind !== 'written') throw answeredOtherwise();
      return answer.written;
    },
    async replace(texts) {
      const answer = await ask({ kind: 'replace', texts });
      if (answer.kind !== 'replaced') throw answeredOtherwise();
      return answer.damaged;
    },
    async scrub() {
      const answer = await ask({ kind: 'scrub' });
      if (answer.kind !== 'scrubbed') throw answeredOtherwise();
      return answer.isDone;
    },
    rebuild: () => mend('rebuild'),
    reindex: async () => void (await mend('reindex')),
    found: opened.found,
    durability: () => opened.durability,
    async close() {
      if (hasEnded()) return;
      const exited = once(thread, 'exit');
      tell({ kind: 'close' });
      await exited;
    },
  };
}
