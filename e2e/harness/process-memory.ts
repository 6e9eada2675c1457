import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const bytesPerKilobyte = 1024;
const megabyte = 1e6;

/** The most memory that a process has had since it started, in megabytes (10^6 bytes). Where the system doesn't tell: what it has now. */
export async function mostMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const most = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  const kilobytes = most ?? (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim();
  return (Number(kilobytes) * bytesPerKilobyte) / megabyte;
}
