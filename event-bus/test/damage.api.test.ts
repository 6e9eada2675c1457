import { join } from 'node:path';
import { silentLogger } from '@blog/kit';
import Sqlite from '@blog/kit/sqlite';
import request from 'supertest';
import { verifyFolder } from '../src/verify';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
const at = () => request(bus.server.url);
const event = (n: number) => ({
  type: 'T',
  id: `e${n}`,
  source: '/s',
  specversion: '1.0',
  partitionkey: `k${n % 2}`,
  data: { n },
});

/** A bus with five events of which the third is damaged, and a group that is at its beginning. */
beforeEach(async () => {
  subscriber = await runSubscriber();
  bus = await runBus(folder());
  await at().post('/events').send([1, 2, 3, 4, 5].map(event));
  await bus.stop();
  const db = new Sqlite(join(folder(), 'event-bus.db'));
  db.exec(`UPDATE events SET text = replace(text, '"n":3', '"n":7') WHERE sequence = 3`);
  db.close();
  bus = await runBus(folder(), { g: { endpoints: [subscriber.url] } });
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

it('a damaged event stops its group behind the events before it, and an operator sets it aside with what is left of it', async () => {
  await subscriber.until(() => subscriber.handled().length === 2);
  const { body: stopped } = await at().get('/subscriptions/g');
  expect(stopped).toMatchObject({ state: 'stopped', reason: expect.stringContaining('event 3 of the log is damaged') });
  const { status, body } = await at().post('/subscriptions/g/skip').send({ sequence: 3 });
  expect([status, body]).toEqual([200, { group: 'g', sequence: 3, deadLetter: 'g:3' }]);
  await subscriber.until(() => subscriber.handled().length === 4);
  expect(subscriber.handled()).toEqual([1, 2, 4, 5]);
  const { body: letter } = await at().get('/dead-letters/g:3');
  expect(letter).toMatchObject({ state: 'damaged', key: 'k1', eventId: 'e3', event: null });
  expect(Buffer.from(letter.remains, 'base64').toString()).toContain('"n":7');
  expect((await at().get('/dead-letters?state=damaged')).body).toHaveLength(1);
});

it('a damaged event is named to whoever reads it, and hides nothing else', async () => {
  const before = await at().get('/events?after=0&limit=5');
  expect(before.body.map(({ id }: { id: string }) => id)).toEqual(['e1', 'e2']);
  const next = await at().get('/events?after=2');
  expect([next.status, next.body.detail]).toEqual([500, expect.stringContaining('event 3 of the log is damaged')]);
  expect(before.headers['link']).toContain('after=2');
  expect((await at().get('/events?after=3')).body).toHaveLength(2);
  expect((await at().get('/events?key=k0')).body).toHaveLength(2);
  const ofKey = await at().get('/events?key=k1');
  expect(ofKey.body.map(({ id }: { id: string }) => id)).toEqual(['e1']);
  expect((await at().get('/events/e3')).status).toBe(500);
  expect((await at().get('/healthz')).body.damage).toEqual([expect.stringContaining('event 3')]);
});

it('a damaged event that is published again is refused, and others are taken', async () => {
  const again = await at().post('/events').send(event(3));
  expect([again.status, again.body.detail]).toEqual([500, expect.stringContaining('event 3')]);
  const { body } = await at().post('/events').send(event(6));
  expect(body.events).toEqual([{ id: 'e6', sequence: 6 }]);
});

it('verify names a damaged event while the bus runs, and nothing else', () => {
  const { findings, records } = verifyFolder(folder());
  expect(records).toBe(5);
  expect(findings).toMatchObject([{ file: 'event-bus.db', sequence: 3, todo: expect.stringContaining('bus -- skip') }]);
});

it('an empty log is not damaged', async () => {
  const said = jest.spyOn(silentLogger, 'error');
  const empty = await runBus(join(folder(), 'empty'));
  await empty.stop();
  expect(said).not.toHaveBeenCalled();
});
