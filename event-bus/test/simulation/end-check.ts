import type { LetterPhase } from '../../src/delivery/dead-letter-state';
import type { Life, World } from './bus';

async function lettersOf({ state }: World, group: string, phases: readonly LetterPhase[]): Promise<Set<number>> {
  const letters = await state.letters({ group }, { limit: Number.MAX_SAFE_INTEGER });
  return new Set(letters.filter(({ phase }) => phases.includes(phase)).map(({ sequence }) => sequence));
}

/** Whether every group has come to the end of the log; asks little, so that it can be asked often. */
export async function isAtRest({ subscriptions, log, state }: World, { dispatcher, isAlive }: Life): Promise<boolean> {
  if (!isAlive()) return false;
  for (const group of Object.keys(subscriptions)) {
    const status = dispatcher.statuses().find((one) => one.group === group);
    const lanes = await state.lanes(group);
    const isWaiting = lanes.some(({ phase }) => phase === 'parked') || (await state.queuedKeys(group)).length > 0;
    if (status?.cursor !== log.head() || isWaiting) return false;
  }
  return true;
}

/** What is wrong now that everything should be done: nothing, it is hoped. */
export async function faultsAtTheEnd(world: World, { dispatcher, fatal }: Life): Promise<string[]> {
  const { checker, subscriptions, log } = world;
  const faults = [...checker.faults, ...fatal.map((error) => `fatal: ${String(error)}`)];
  for (const group of Object.keys(subscriptions)) {
    for (const { sequence, key } of checker.missing(
      group,
      await lettersOf(world, group, ['dead', 'queued', 'damaged']),
    )) {
      faults.push(`${group} never got ${sequence} of ${key}`);
    }
    for (const sequence of await lettersOf(world, group, ['queued'])) {
      faults.push(`${group} did not deliver its dead letter ${sequence} again`);
    }
    const { cursor, parked, state, reason } = dispatcher.status(group);
    const waiting = parked.first.filter((lane) => lane.state === 'parked');
    if (cursor !== log.head()) faults.push(`${group} stands at ${cursor} of ${log.head()}, ${state} (${reason ?? ''})`);
    if (waiting.length > 0) faults.push(`${group} still has ${waiting.map(({ key }) => key).join(', ')} parked`);
  }
  return faults;
}
