import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

/** The value of each series, by its name and labels: `bus_lag_events{group="g"}`. */
async function scrape(): Promise<Map<string, number>> {
  const { text } = await request(bus.server.url).get('/metrics');
  const lines = text.split('\n').filter((line) => line.startsWith('bus_'));
  return new Map(
    lines.map((line) => {
      const [series = '', value] = line.split(' ');
      return [series.replace(/,?service="event-bus",?/, '').replace('{}', ''), Number(value)];
    }),
  );
}

const publish = (...events: object[]) =>
  request(bus.server.url)
    .post('/events')
    .send(events.map((event) => ({ type: 'T', source: '/test', data: {}, ...event })));

/** After the story, to the number. */
const expected = {
  bus_commit_events_sum: 5,
  bus_commit_events_count: 2,
  bus_commit_seconds_count: 2,
  bus_duplicate_events_total: 1,
  'bus_lag_events{group="g"}': 0,
  'bus_lag_events{group="away"}': 5,
  'bus_lag_events{group="none"}': 0,
  'bus_push_events_total{group="g",outcome="fault"}': 2,
  'bus_push_seconds_count{group="g",outcome="done"}': 3,
  'bus_delivery_seconds_count{group="g"}': 3,
  'bus_dead_letters_total{group="g"}': 1,
  'bus_dead_letters_waiting{group="away"}': 0,
  'bus_allowed_in_flight{group="g"}': 32,
  'bus_allowed_in_flight{group="away"}': 1,
  'bus_group_state{group="g",state="flowing"}': 1,
  'bus_group_state{group="g",state="down"}': 0,
  'bus_in_flight{group="none"}': 0,
  'bus_parked_keys{group="none"}': 0,
  'bus_oldest_parked_seconds{group="none"}': 0,
};

describe('GET /metrics', () => {
  it('tells the story of a log and its groups', async () => {
    bus = await runBus(folder(), {
      g: { endpoints: [subscriber.url], maxAttempts: 2 },
      away: { endpoints: ['http://127.0.0.1:1/events'] },
      none: { endpoints: [subscriber.url], types: ['Other'] },
    });
    subscriber.answer = ({ events }) => {
      const [key] = events.map(({ partitionkey }) => partitionkey);
      return key === 'bad' ? 422 : key === 'ill' ? 500 : 200;
    };
    await publish({ id: 'a' }, { id: 'b' }, { id: 'bad', partitionkey: 'bad' }, { id: 'ill', partitionkey: 'ill' });
    await publish({ id: 'a' }, { id: 'c' });
    const isSo = (of: Map<string, number>): boolean =>
      of.get('bus_dead_letters_waiting{group="g"}') === 1 &&
      of.get('bus_push_events_total{group="g",outcome="done"}') === 3 &&
      of.get('bus_parked_keys{group="g"}') === 1 &&
      of.get('bus_group_state{group="away",state="down"}') === 1;
    let metrics = await scrape();
    while (!isSo(metrics)) metrics = await scrape();

    expect(Object.fromEntries(Object.keys(expected).map((series) => [series, metrics.get(series)]))).toEqual(expected);
    expect(metrics.get('bus_push_events_total{group="g",outcome="retry"}')).toBeGreaterThan(0);
    expect(metrics.get('bus_push_events_total{group="away",outcome="unreachable"}')).toBeGreaterThan(0);
    expect(metrics.get('bus_lag_seconds{group="away"}')).toBeGreaterThan(0);
    expect(metrics.get('bus_oldest_parked_seconds{group="g"}')).toBeGreaterThan(0);

    const { id } = (await request(bus.server.url).get('/dead-letters')).body[0];
    await request(bus.server.url).delete(`/dead-letters/${id}`);
    await request(bus.server.url).delete('/subscriptions/away');
    const after = await scrape();
    expect(after.get('bus_dead_letters_waiting{group="g"}')).toBe(0);
    expect(after.get('bus_dead_letters_total{group="g"}')).toBe(1);
    expect(after.has('bus_lag_events{group="away"}')).toBe(false);
    expect((await request(bus.server.url).get('/subscriptions/g')).body.allowedInFlight).toBe(32);
  });
});

describe('GET /healthz', () => {
  it('tells how durable a publish is', async () => {
    bus = await runBus(folder());
    const durability = async () => (await request(bus.server.url).get('/healthz')).body;
    expect(await durability()).toMatchObject({
      ...{ status: 'ok', head: 0 },
      durability: { synchronous: 'full', journal: 'wal', lastFsyncAt: null },
    });
    await publish({});
    expect(await durability()).toMatchObject({ head: 1, durability: { lastFsyncAt: expect.stringMatching(/Z$/) } });
  });
});
