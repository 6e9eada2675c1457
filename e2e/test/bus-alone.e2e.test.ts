/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../infra/laptop/processes.cjs';
import { freePorts } from '../harness/free-ports';
import { useSystem } from '../harness/use-system';

jest.setTimeout(120_000);

const system = useSystem({ only: ['event-bus'] });

/** The commands of the README's tour, as they would be pasted: the blocks marked `sh`. */
async function tour(): Promise<string> {
  const text = await readFile(join(root, 'event-bus', 'README.md'), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

describe('the tour of the bus', () => {
  it('works when it is pasted', async () => {
    const busUrl = system().urls['event-bus'];
    const [port] = await freePorts(1);
    const pasted = (await tour())
      .replaceAll('http://127.0.0.1:4005', busUrl)
      .replaceAll('http://127.0.0.1:5001', `http://127.0.0.1:${port}`);
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-e', '-c', pasted], {
      cwd: root,
      env: { ...env, EVENT_BUS_URL: busUrl, SUBSCRIBER_PORT: String(port) },
    });
    expect(stderr).toBe('');
    const received = [...stdout.matchAll(/\d+ OrderPlaced \{"order":(\d),"sku":"\w+"\} (\d+)$/gm)];
    const handled = received.filter(([, , status]) => status === '200').map(([, order]) => Number(order));
    expect(handled.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(received.filter(([, , status]) => status === '422')).toHaveLength(3);
    expect(stdout).toMatch(/^shipping +down +1 /m);
    expect(stdout).toMatch(/^shipping:6 +dead +OrderPlaced +bob +3 +\S+ +answered 422$/m);
    expect(stdout).toContain('1 of 1 delivered, 0 given up again');
    expect(stdout).toContain('6 events would be delivered to shipping again, from event 1 on.');
    expect(stdout).toContain('5 events are delivered to shipping again');
    expect(stdout).toMatch(/"attempt":1.*"answered 422"|"answered 422".*"attempt":1/);
  });
});
