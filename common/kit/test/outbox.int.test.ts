import { createOutbox } from '../src/state';
import { openThings, thingMade } from './thing-database';
import { useTestLife } from './test-life';

const life = useTestLife();
const time = '2026-11-24T12:00:00.000Z';

function anOutbox() {
  const { db, transaction } = life.closing(openThings(life.file('things.db')));
  const outbox = createOutbox(db, { source: '/things', now: () => new Date(time) });
  const make = (id: string, cause = {}) =>
    transaction(async (tx) => {
      await tx.insertInto('things').values({ id }).execute();
      await outbox.append(tx, [thingMade(id)], cause);
    });
  const subjects = async (limit = 100) => (await outbox.pending(limit)).map(({ event }) => event.subject);
  return { db, transaction, outbox, make, subjects };
}

describe('The outbox', () => {
  it('keeps a fact as an event that starts a chain of its own', async () => {
    const { outbox, make } = anOutbox();
    await make('a');
    const [pending] = await outbox.pending(10);
    const id = pending?.event.id;
    expect(pending).toEqual({
      position: 1,
      appendedAt: Date.parse(time),
      event: {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: '/things',
        type: 'ThingMade',
        subject: 'a',
        partitionkey: 'k',
        time,
        data: { id: 'a' },
        correlationid: id,
      },
    });
  });

  it('joins an event to the chain of what caused it', async () => {
    const { outbox, make } = anOutbox();
    await make('a', { id: 'e1', correlationid: 'e0', traceparent: '00-1' });
    await make('b', { id: 'e2' });
    expect((await outbox.pending(10)).map(({ event }) => event)).toMatchObject([
      { causationid: 'e1', correlationid: 'e0', traceparent: '00-1' },
      { causationid: 'e2', correlationid: 'e2' },
    ]);
  });

  it('gives the oldest first, and forgets what was sent', async () => {
    const { outbox, make, subjects } = anOutbox();
    for (const id of ['a', 'b', 'c']) await make(id);
    expect(await subjects(2)).toEqual(['a', 'b']);
    await outbox.markSent([1, 3]);
    expect(await subjects()).toEqual(['b']);
    await outbox.markSent([2]);
    await make('d');
    expect((await outbox.pending(10)).map(({ position }) => position)).toEqual([4]);
  });

  it('holds nothing of a transaction that failed', async () => {
    const { transaction, outbox, subjects } = anOutbox();
    const work = transaction(async (tx) => {
      await outbox.append(tx, [thingMade('a'), thingMade('b')]);
      throw new Error('half way');
    });
    await expect(work).rejects.toThrow('half way');
    expect(await subjects()).toEqual([]);
  });

  it('appends nothing where there are no facts', async () => {
    const { transaction, outbox, subjects } = anOutbox();
    await transaction((tx) => outbox.append(tx, []));
    expect(await subjects()).toEqual([]);
  });

  it('sets a refused event aside with its reason, even when two relays do it', async () => {
    const { db, outbox, make, subjects } = anOutbox();
    await make('a');
    const [pending] = await outbox.pending(1);
    if (!pending) throw new Error('nothing is pending');
    await outbox.refuse(pending, 'not this one');
    await outbox.refuse(pending, 'not this one, again');
    expect(await subjects()).toEqual([]);
    const kept = await db
      .withTables<{ outbox_refused: { position: number; event: string; reason: string } }>()
      .selectFrom('outbox_refused')
      .selectAll()
      .execute();
    expect(kept).toEqual([{ position: 1, event: JSON.stringify(pending.event), reason: 'not this one' }]);
  });
});
