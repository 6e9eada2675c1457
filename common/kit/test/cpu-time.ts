/** Processor time, ms: other work on the machine makes it no longer. */
export function cpuTimeOf(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

/** What the cost of other texts is compared with. */
export const prose =
  'The *quick* brown fox, [who](https://example.org) jumps over "the" lazy dog; see example.com.\n\n';
