import { Worker } from 'node:worker_threads';
import type { Logger } from './logger';
import type { RenderedWithExcerpt, RenderedText } from './markdown';

/** Makes HTML of what people wrote. */
export interface Renderer {
  full(text: string): Promise<RenderedWithExcerpt>;
  /** What readers write: no headings, images or tables. */
  limited(text: string): Promise<RenderedText>;
}

export interface ToRenderer {
  kind: keyof Renderer;
  text: string;
}

export type FromRenderer =
  | { kind: 'ready' }
  | { kind: 'rendered'; rendered: RenderedText | RenderedWithExcerpt }
  | { kind: 'failed'; name: string };

/** What kept a text from being rendered; none of it is about the text alone. */
export type RenderingTrouble = 'time' | 'memory' | 'busy' | 'ended' | 'error';

/** The text was not rendered. Another time, or on another machine, it may be. */
export class NotRendered extends Error {
  override readonly name = 'NotRendered';
  constructor(readonly trouble: RenderingTrouble) {
    super(`the text was not rendered: ${trouble}`);
  }
}

export interface RenderingThread extends Renderer {
  /** Ends the thread. What waits is not rendered. */
  close(): Promise<void>;
}

export interface RenderingThreadOptions {
  /** How much processor time 10,000 characters may take. */
  limitMs?: number;
  /** More texts than these do not wait: they are refused at once. */
  mostWaiting?: number;
  /** So long the thread waits for the next text before it gives its memory back. */
  idleMs?: number;
  memoryMb?: number;
  /** Is told when a thread ends that nobody has ended. */
  logger?: Pick<Logger, 'warn'>;
  /** The thread's script, and the options with which Node runs it. Default: the one beside this file, run as this process is. */
  file?: string;
  execArgv?: string[];
}

interface Job {
  request: ToRenderer;
  resolve: (rendered: RenderedText | RenderedWithExcerpt) => void;
  reject: (error: NotRendered) => void;
}

const charactersPerLimit = 10_000;
const shortestWaitMs = 20;

/**
 * Renders in a thread of its own, one text after the other. It starts with the first text. A text that takes too long, or
 * more memory than the thread may have, ends the thread: the text is rejected with {@link NotRendered}, and another
 * thread goes on with the next one.
 */
export function createRenderingThread({
  limitMs = 250,
  mostWaiting = 50,
  idleMs = 60_000,
  file = require.resolve('./rendering-main'),
  // A script from source has its compiler with it.
  memoryMb = file.endsWith('.ts') ? 512 : 96,
  execArgv,
  logger,
}: RenderingThreadOptions = {}): RenderingThread {
  const waiting: Job[] = [];
  let thread: Worker | undefined;
  let isReady = false;
  let isClosed = false;
  let current: Job | undefined;
  let trouble: RenderingTrouble = 'ended';
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 8 };
    const started = new Worker(file, { resourceLimits, ...(execArgv ? { execArgv } : {}) });
    thread = started;
    trouble = 'ended';
    started.on('message', take);
    started.on('error', (error: NodeJS.ErrnoException) => {
      trouble = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'ended';
      // Later it may quote a text.
      if (!isReady) logger?.warn({ err: error }, 'the thread that renders Markdown did not start');
    });
    started.on('exit', ended);
  }

  function take(message: FromRenderer): void {
    clearTimeout(timer);
    if (message.kind === 'ready') isReady = true;
    else if (message.kind === 'rendered') current?.resolve(message.rendered);
    else current?.reject(new NotRendered('error'));
    current = undefined;
    next();
  }

  function ended(): void {
    clearTimeout(timer);
    if (isReady && !isClosed) logger?.warn({ trouble }, 'the thread that renders Markdown ended; another one goes on');
    // A thread that does not even start would be started for ever.
    const lost = isReady && !isClosed ? [current] : [current, ...waiting.splice(0)];
    for (const job of lost) job?.reject(new NotRendered(trouble));
    thread = undefined;
    current = undefined;
    isReady = false;
    next();
  }

  function next(): void {
    if (current || isClosed) return;
    if (waiting.length > 0 && !thread) return start();
    if (!thread || !isReady) return;
    current = waiting.shift();
    if (!current) return rest(thread);
    thread.ref();
    thread.postMessage(current.request);
    watch(current, thread);
  }

  /** An idle thread keeps no process alive, and no memory for long. */
  function rest(idle: Worker): void {
    idle.unref();
    timer = setTimeout(() => {
      thread = undefined;
      isReady = false;
      idle.off('exit', ended);
      void idle.terminate();
    }, idleMs).unref();
  }

  /**
   * Ends the thread when the text has had its time. Where the machine is busy with other things, the clock says more than
   * the processor spent on it: so the time counts that this process has had.
   */
  function watch(job: Job, worker: Worker): void {
    const began = process.cpuUsage();
    const mayTakeMs = limitMs * Math.ceil((job.request.text.length + 1) / charactersPerLimit);
    const look = (): void => {
      const { user, system } = process.cpuUsage(began);
      const leftMs = mayTakeMs - (user + system) / 1_000;
      if (leftMs > 0) timer = setTimeout(look, Math.max(leftMs, shortestWaitMs));
      // Its answer may be here already, if this thread was the busy one: it is taken before this.
      else setImmediate(() => job === current && stop(worker));
    };
    timer = setTimeout(look, mayTakeMs);
  }

  function stop(worker: Worker): void {
    trouble = 'time';
    void worker.terminate();
  }

  function render<R extends RenderedText>(kind: keyof Renderer, text: string): Promise<R> {
    return new Promise((resolve, reject) => {
      if (isClosed) return reject(new NotRendered('ended'));
      if (waiting.length >= mostWaiting) return reject(new NotRendered('busy'));
      waiting.push({ request: { kind, text }, resolve: resolve as Job['resolve'], reject });
      // No longer idle.
      if (!current) clearTimeout(timer);
      next();
    });
  }

  return {
    full: (text) => render('full', text),
    limited: (text) => render('limited', text),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await thread?.terminate();
    },
  };
}
