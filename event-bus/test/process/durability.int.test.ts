import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useFolder } from '../use-folder';
import { endBuses, type RealBus, startRealBus } from './real-bus';

jest.setTimeout(60_000);

/** Looks at the system calls of the bus, and makes some of them fail. Under CI=true a skipped test is a failure. */
const canTrace = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;
if (!canTrace)
  console.warn('NOT TESTED: the order of fsyncs, and fsyncs that fail. strace is missing, or not allowed here.');
const withStrace = canTrace ? describe : describe.skip;

const folder = useFolder();
afterEach(endBuses);

/** All threads: one commits, another one answers. */
function startTraced(...options: string[]): Promise<RealBus> {
  return startRealBus({ folder: folder(), under: ['strace', '-f', '-D', '-y', '-s', '2000', ...options] });
}

let made = 0;
/** Publishes one event; gives its id where it was acknowledged. */
async function publish({ url }: RealBus): Promise<string | undefined> {
  const id = `e${(made += 1)}`;
  const body = JSON.stringify({ type: 'T', id, source: '/test', partitionkey: 'k', data: { made } });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/events`, { method: 'POST', headers, body }).catch(() => undefined);
  return answer?.status === 200 ? id : undefined;
}

async function idsIn({ url }: RealBus): Promise<string[]> {
  const events = (await (await fetch(`${url}/events`)).json()) as { id: string }[];
  return events.map(({ id }) => id);
}

/** The calls of a trace: an answer where it begins, others where they end, also those that other threads interrupt. */
function callsIn(trace: string): string[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1];
    if (resumed !== undefined) return isAnswer(begun.get(thread) ?? '') ? [] : [`${begun.get(thread)}${resumed}`];
    const [beginning = '', unfinished] = call.split(' <unfinished ...>');
    if (unfinished === undefined) return [call];
    begun.set(thread, beginning);
    return isAnswer(beginning) ? [beginning] : [];
  });
}

const isAnswer = (call: string): boolean => /^write(v)?\(\d+<(TCP|socket).*fsynced/.test(call);

/** What happened, in its order: a write to the log (w), its fsync (f), an answer that says "fsynced" (a). */
async function story(trace: string): Promise<string> {
  const steps = callsIn(await readFile(trace, 'utf8')).map((call) => {
    if (/^pwrite64\(\d+<[^>]*\/event-bus\.db-wal>/.test(call)) return 'w';
    if (/^(fdatasync|fsync)\(\d+<[^>]*\/event-bus\.db-wal>\) += 0/.test(call)) return 'f';
    return isAnswer(call) ? 'a' : '';
  });
  return steps.join('');
}

withStrace('the bytes on the disk', () => {
  it('are fsynced before each answer, at the first start and at every later one', async () => {
    for (const start of ['first', 'second']) {
      const trace = join(folder(), `${start}.strace`);
      const bus = await startTraced('-o', trace, '-e', 'trace=pwrite64,fdatasync,fsync,write,writev');
      for (let n = 0; n < 10; n += 1) expect(await publish(bus)).toBeDefined();
      await bus.end('SIGTERM');
      // Whatever came before: from one answer to the next there are writes, and an fsync after the last of them.
      expect(await story(trace)).toMatch(/^[wf]*w+f(a[wf]*w+f){9}a[wf]*$/);
    }
  });

  it.each([
    ['fdatasync,fsync', 60],
    ['pwrite64', 300],
  ])(
    'that can not be written (%s fails from the %ith time on) are acknowledged to nobody, and end the process',
    async (calls, first) => {
      // Opening the files takes some.
      const bus = await startTraced(
        '-o',
        '/dev/null',
        '-e',
        `trace=${calls}`,
        '-e',
        `inject=${calls}:error=EIO:when=${first}+`,
      );
      const acknowledged: string[] = [];
      for (let id = await publish(bus); id !== undefined; id = await publish(bus)) acknowledged.push(id);
      expect(await bus.exited).toBe(1);
      expect(bus.output()).toContain('the disk failed');
      expect(acknowledged.length).toBeGreaterThan(5);
      const again = await startRealBus({ folder: folder() });
      expect(await idsIn(again)).toEqual(expect.arrayContaining(acknowledged));
      expect(await publish(again)).toBeDefined();
    },
  );
});
