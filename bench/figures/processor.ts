import { readFileSync } from 'node:fs';

/** Of the kernel's clock ticks, in which it counts. */
const ticksPerSecond = 100;

/** CPU seconds that a process used so far, all its threads. NaN where the system doesn't tell (anything but Linux). */
export function processorSeconds(pid: number | undefined): number {
  try {
    // The second field is a name that may hold spaces; after it come state, parent, … and, 12th and 13th, the ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return NaN;
  }
}
