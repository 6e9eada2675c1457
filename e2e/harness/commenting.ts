import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Commenting {
  /** By comment id: what was answered with 201. */
  readonly acknowledged: ReadonlyMap<string, { postId: string; content: string }>;
  /** How often something else was answered, by status; 0 is no answer. */
  readonly refused: ReadonlyMap<number, number>;
  stop(): Promise<void>;
}

interface Line {
  status: number;
  id?: string;
  postId: string;
  content: string;
}

/** Starts `commenting-process.cjs`, on the machine that `prefix` leads to. */
export function startCommenting(
  postIds: readonly string[],
  urls: readonly string[],
  prefix: readonly string[],
): Commenting {
  const acknowledged = new Map<string, { postId: string; content: string }>();
  const refused = new Map<number, number>();
  const script = join(__dirname, 'commenting-process.cjs');
  const [command = '', ...args] = [...prefix, process.execPath, script, postIds.join(','), urls.join(',')];
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { status, id = '', ...comment } = JSON.parse(line) as Line;
      if (status === 201) acknowledged.set(id, comment);
      else refused.set(status, (refused.get(status) ?? 0) + 1);
    });
  }
  return {
    acknowledged,
    refused,
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}
