// npm run bus -- verify [--mend]: checks the files of a bus, which may be running unless they are to be mended. Takes the
// folder that holds them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './log/repair/findings';
import { mendLog } from './log/repair/mend-log';
import { verifyDelivery } from './log/repair/verify-delivery';
import { verifyLog } from './log/repair/verify-log';

function logIn(folder: string): string {
  const log = join(folder, 'event-bus.db');
  if (!existsSync(log)) throw new Error(`${folder} holds no event-bus.db. Is the folder right?`);
  return log;
}

/** Everything that is damaged in the files of a bus. Throws an Error for people if there are none. */
export function verifyFolder(folder: string): { findings: Finding[]; records: number } {
  const log = logIn(folder);
  const { findings, note, records } = verifyLog(log);
  const delivery = join(folder, 'event-bus-delivery.db');
  return { findings: [...findings, ...(existsSync(delivery) ? verifyDelivery(delivery, note) : [])], records };
}

const mostShown = 200;

function show({ findings, records }: ReturnType<typeof verifyFolder>): string[] {
  if (findings.length === 0) return [`All ${records} events are what was stored, and so is what belongs to them.`];
  const shown = findings.slice(0, mostShown).map(({ file, what, todo }) => `${file}: ${what}\n    ${todo}`);
  const more = findings.length > mostShown ? [`… and ${findings.length - mostShown} more`] : [];
  return [...shown, ...more];
}

function main(): void {
  try {
    const [folder = 'data', mend] = process.argv.slice(2);
    if (mend === '--mend') console.log(mendLog(logIn(folder)).join('\n'));
    const result = verifyFolder(folder);
    console.log(show(result).join('\n'));
    process.exitCode = result.findings.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

if (require.main === module) main();
