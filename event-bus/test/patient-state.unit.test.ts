import { silentLogger, Unavailable } from '@blog/kit';
import { type ParkedLane, parkedAtWill } from '../src/delivery/lane';
import { createPatientState } from '../src/delivery/patient-state';
import { Subscription } from '../src/delivery/subscription';
import { deliveryStateContract } from './delivery-state.contract';
import { createMemoryDeliveryState } from './doubles/memory-delivery-state';
import { createVirtualTime } from './simulation/virtual-time';

class Full extends Error {}

const subscription = Subscription.parse({ endpoints: ['http://g/events'] });
const lane = (key: string, head: number): ParkedLane => parkedAtWill(key, head, 'answered 500', 0);

async function open() {
  const memory = createMemoryDeliveryState();
  const time = createVirtualTime();
  const disk = { full: false };
  const expectRoom = (): void => {
    if (disk.full) throw new Full('full');
  };
  const state = createPatientState(
    {
      ...memory,
      saveGroup: async (group) => (expectRoom(), memory.saveGroup(group)),
      moveCursor: async (...given) => (expectRoom(), memory.moveCursor(...given)),
      saveLane: async (...given) => (expectRoom(), memory.saveLane(...given)),
    },
    { clock: time.clock, logger: silentLogger, isLackOfRoom: (error) => error instanceof Full },
  );
  await state.attach({ identity: 'a', head: 0 });
  await state.saveGroup({ name: 'g', subscription, cursor: 0, configured: undefined });
  return { state, memory, disk, pass: (ms: number) => time.runUntil(time.clock.now() + ms) };
}

describe('the patient state', () => {
  deliveryStateContract({
    open: async () =>
      createPatientState(createMemoryDeliveryState(), {
        ...{ clock: createVirtualTime().clock, logger: silentLogger },
        isLackOfRoom: () => false,
      }),
  });

  it('waits for room, and then stores everything in the order of the calls', async () => {
    const { state, memory, disk, pass } = await open();
    disk.full = true;
    const done: string[] = [];
    const waiting = [
      state.saveLane('g', lane('k', 1)).then(() => done.push('lane 1')),
      state.moveCursor('g', 7).then(() => done.push('cursor')),
      state.saveLane('g', lane('k', 5)).then(() => done.push('lane 5')),
    ];
    await pass(60_000);
    expect(done).toEqual([]);
    disk.full = false;
    await pass(2_000);
    await Promise.all(waiting);
    expect(done).toEqual(['lane 1', 'cursor', 'lane 5']);
    expect(await memory.groups()).toMatchObject([{ cursor: 7 }]);
    expect(await memory.lanes('g')).toMatchObject([{ key: 'k', head: 5 }]);
  });

  it('refuses what an operator asks for while there is no room', async () => {
    const { state, disk, pass } = await open();
    const other = { name: 'other', subscription, cursor: 0, configured: undefined };
    disk.full = true;
    await expect(state.saveGroup(other)).rejects.toThrow(Unavailable);
    const waiting = state.moveCursor('g', 1);
    await pass(1);
    expect(() => state.expectRoom()).toThrow(Unavailable);
    await expect(state.removeGroup('g')).rejects.toThrow(Unavailable);
    disk.full = false;
    await pass(2_000);
    await waiting;
    state.expectRoom();
    await state.saveGroup(other);
    expect((await state.groups()).map(({ name }) => name)).toEqual(['g', 'other']);
  });

  it('does not keep a stop waiting, and stores nothing after what it gave up', async () => {
    const { state, memory, disk, pass } = await open();
    disk.full = true;
    const parked = expect(state.saveLane('g', lane('k', 1))).rejects.toThrow(Unavailable);
    const moved = expect(state.moveCursor('g', 7)).rejects.toThrow(Unavailable);
    await pass(1);
    state.stopWaiting();
    await parked;
    disk.full = false;
    await moved;
    await expect(state.moveCursor('g', 9)).rejects.toThrow(Unavailable);
    expect(await memory.groups()).toMatchObject([{ cursor: 0 }]);
  });

  it('does not wait where waiting would not help', async () => {
    const { memory } = await open();
    const state = createPatientState(
      { ...memory, moveCursor: () => Promise.reject(new Error('I/O error')) },
      { clock: createVirtualTime().clock, logger: silentLogger, isLackOfRoom: (error) => error instanceof Full },
    );
    await expect(state.moveCursor('g', 1)).rejects.toThrow('I/O error');
  });
});
