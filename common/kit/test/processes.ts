import { fork } from 'node:child_process';
import { join } from 'node:path';

interface Ended {
  code: number | null;
  /** What it sent with {@link report}. */
  reports: unknown[];
  errors: string;
}

/**
 * Runs a TypeScript file in several processes, one for each list of arguments. Each may call {@link whenAllAreReady}
 * as often as the others: they go on at the same time when all of them have.
 */
export async function runTogether(file: string, argumentLists: string[][]): Promise<Ended[]> {
  const execArgv = ['--conditions=source', '--enable-source-maps', '-r', join(__dirname, 'register-typescript.cjs')];
  const children = argumentLists.map((list) => fork(file, list, { execArgv, silent: true }));
  let ready = 0;
  return Promise.all(
    children.map(
      (child) =>
        new Promise<Ended>((resolve, reject) => {
          const reports: unknown[] = [];
          let errors = '';
          child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
          child.on('message', (message) => {
            if (message !== 'ready') return void reports.push(message);
            ready += 1;
            if (ready % children.length === 0) for (const one of children) one.send('go');
          });
          child.on('error', reject);
          child.on('close', (code) => {
            // The others would wait for it.
            if (code !== 0) for (const one of children) one.kill();
            resolve({ code, reports, errors });
          });
        }),
    ),
  );
}

/** In the child: waits for the others. */
export async function whenAllAreReady(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.send?.('ready');
  });
}

/** In the child: tells the test something, and ends the process when it is said. */
export function reportAndEnd(what: unknown): void {
  process.send?.(what, undefined, undefined, () => process.disconnect());
}
