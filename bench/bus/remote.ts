import { type ChildProcess, fork } from 'node:child_process';

type Handlers = Record<string, (argument: never) => unknown>;
interface Call {
  id: number;
  name: string;
  argument: unknown;
}
interface Reply {
  id: number;
  value?: unknown;
  error?: string;
}

/** A process of this machine whose functions can be called. */
export interface Remote<H extends Handlers> {
  /** Rejects when the function does, or when the process ends before it answers. */
  call<N extends keyof H & string>(name: N, argument: Parameters<H[N]>[0]): Promise<Awaited<ReturnType<H[N]>>>;
  /** Ends it, by pid, and waits for that. */
  stop(): Promise<void>;
}

/** Runs a TypeScript file of this folder as a process; it must call {@link serve}. */
export function startRemote<H extends Handlers>(script: string, signal: AbortSignal): Remote<H> {
  // With this process's own loader.
  const child: ChildProcess = fork(script, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  void ended.then(() => {
    signal.removeEventListener('abort', onAbort);
    for (const { reject } of waiting.values()) reject(new Error(`${script} ended`));
    waiting.clear();
  });
  child.on('message', ({ id, value, error }: Reply) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value as never);
    else call?.reject(new Error(error));
  });
  let calls = 0;
  return {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        const id = (calls += 1);
        waiting.set(id, { resolve, reject });
        child.send({ id, name, argument } satisfies Call, (error) => error && reject(error));
      }),
    stop,
  };
}

/** Answers the calls of the process that started this one, and ends with it. */
export function serve(handlers: Handlers): void {
  process.on('message', ({ id, name, argument }: Call) => {
    const reply = (answer: Omit<Reply, 'id'>): void => void process.send?.({ id, ...answer });
    Promise.resolve()
      .then(() => handlers[name]?.(argument as never))
      .then(
        (value) => reply({ value }),
        (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.once('disconnect', () => process.exit());
}
