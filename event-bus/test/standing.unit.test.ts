import type { Standing } from '../src/delivery/standing';
import { createScenario, type Scenario } from './simulation/scenario';

const minutes = 60_000;

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

/** How an event of this key stands with group `g`. */
function standing(bus: Scenario, sequence: number, key: string): Standing | undefined {
  return bus.life.dispatcher.standings({ sequence, key, type: 'T' })[0]?.standing;
}

const inTheFuture = (bus: Scenario, time: string | null | undefined): boolean =>
  Date.parse(time ?? '') >= bus.time.clock.wallTime();

describe('how an event stands with a group', () => {
  it('in flight, done, and waiting behind an earlier event of its key', async () => {
    const bus = await started({ g: {} });
    bus.behave('g', { latencyMs: 100 });
    await bus.publish(['a', 'a', 'b']);
    await bus.pass(1);
    expect(standing(bus, 1, 'a')).toMatchObject({ state: 'in-flight', endpoint: 'http://g/events', attempt: 1 });
    const behind = { for: 'earlier-event', sequence: 1, until: null };
    expect(standing(bus, 2, 'a')).toEqual({ state: 'waiting', waitsFor: [behind] });
    expect(standing(bus, 3, 'b')).toMatchObject({ state: 'in-flight' });
    await bus.drain(['g'], minutes);
    await bus.pass(500);
    for (const [sequence, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
    ] as const)
      expect(standing(bus, sequence, key)).toEqual({ state: 'passed' });
  });

  it('in one POST with others', async () => {
    const bus = await started({ g: { batch: 10 } });
    bus.behave('g', { state: 'hanging' });
    await bus.publish(['a', 'a', 'b']);
    await bus.pass(1);
    for (const sequence of [1, 2, 3])
      expect(standing(bus, sequence, sequence < 3 ? 'a' : 'b')?.state).toBe('in-flight');
  });

  it('waiting for its next try, and those behind it for the same', async () => {
    const bus = await started({ g: { refusal: ({ key }) => (key === 'ill' ? 500 : undefined) } });
    await bus.publish(['fine', 'ill', 'fine', 'ill']);
    await bus.pass(10 * minutes);
    await bus.time.runUntil(11 * minutes, () => standing(bus, 2, 'ill')?.state === 'waiting');
    const first = standing(bus, 2, 'ill');
    expect(first).toMatchObject({ state: 'waiting', waitsFor: [{ for: 'retry', reason: 'answered 500' }] });
    const retry = first?.state === 'waiting' ? first.waitsFor[0] : undefined;
    expect(retry?.for === 'retry' && retry.attempts > 8 && inTheFuture(bus, retry.until)).toBe(true);
    expect(standing(bus, 4, 'ill')).toMatchObject({
      state: 'waiting',
      waitsFor: [{ for: 'earlier-event', sequence: 2, until: retry?.for === 'retry' ? retry.until : '' }],
    });
    expect(standing(bus, 3, 'fine')).toEqual({ state: 'passed' });
  });

  it('waiting for a subscriber that is down, until the next probe', async () => {
    const bus = await started({ g: {} });
    bus.behave('g', { state: 'refusing' });
    await bus.publish(['a', 'b', 'b']);
    await bus.pass(minutes);
    await bus.time.runUntil(2 * minutes, () => standing(bus, 1, 'a')?.state === 'waiting');
    const waiting = standing(bus, 1, 'a');
    expect(waiting).toMatchObject({ state: 'waiting', waitsFor: [{ for: 'subscriber', reason: 'refused' }] });
    const [wait] = waiting?.state === 'waiting' ? waiting.waitsFor : [];
    expect(wait?.for === 'subscriber' && inTheFuture(bus, wait.until)).toBe(true);
    expect(standing(bus, 3, 'b')).toMatchObject({
      state: 'waiting',
      waitsFor: [{ for: 'earlier-event', sequence: 2 }, { for: 'subscriber' }],
    });
  });

  it('waiting for an operator, where the group is paused or its key is halted', async () => {
    const bus = await started({
      g: { onDeadLetter: 'halt-key', maxAttempts: 1, refusal: ({ sequence }) => (sequence === 1 ? 422 : undefined) },
    });
    await bus.publish(['a', 'a', 'b']);
    await bus.pass(minutes);
    const halted = { for: 'dead-letter', reason: 'answered 422' };
    expect(standing(bus, 2, 'a')).toEqual({ state: 'waiting', waitsFor: [halted] });
    await bus.life.dispatcher.pause('g', 'by hand');
    await bus.publish(['b']);
    const paused = { for: 'operator', reason: 'by hand' };
    expect(standing(bus, 4, 'b')).toEqual({ state: 'waiting', waitsFor: [paused] });
    expect(standing(bus, 2, 'a')).toEqual({ state: 'waiting', waitsFor: [halted, paused] });
  });

  it('waiting for its turn, in the window or not read yet', async () => {
    const bus = await started(
      { g: {} },
      { limits: { window: { events: 4, characters: 1_000 }, requests: { single: 1, array: 1 } } },
    );
    bus.behave('g', { state: 'hanging' });
    await bus.publish(['a', 'b', 'c', 'd', 'e', 'f']);
    await bus.pass(1);
    expect(standing(bus, 3, 'c')).toEqual({ state: 'waiting', waitsFor: [{ for: 'turn', ahead: 2 }] });
    expect(standing(bus, 6, 'f')).toEqual({ state: 'waiting', waitsFor: [{ for: 'turn', ahead: 5 }] });
  });

  it('not subscribed, where the group asks for other types', async () => {
    const bus = await started({ g: { types: ['U'] } });
    await bus.publish(['a']);
    await bus.pass(1);
    expect(standing(bus, 1, 'a')).toEqual({ state: 'not-subscribed' });
  });

  it('is asked without a trace: a key that nothing is known of stays unknown', async () => {
    const bus = await started({ g: {} });
    expect(standing(bus, 1, 'a')).toEqual({ state: 'waiting', waitsFor: [{ for: 'turn', ahead: 0 }] });
  });
});
