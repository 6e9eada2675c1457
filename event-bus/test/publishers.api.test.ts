import { createSigner } from '@blog/kit';
import request from 'supertest';
import { createPublishers } from '../src/publishers';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const secretOf = (name: string): string => `whsec_${Buffer.from(`${name}: a secret of its own`).toString('base64')}`;
const [bigSecret, oldSecret, newSecret, otherSecret, strangeSecret] = [
  ...['any', 'posts, the old one', 'posts, the new one', 'comments', 'strange'],
].map(secretOf) as [string, string, string, string, string];
const publishers = {
  posts: { secret: [newSecret, oldSecret], types: ['PostCreated', 'PostChanged'] },
  comments: { secret: [otherSecret], types: ['CommentCreated'] },
};

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  bus = await runBus(folder(), {}, { secret: bigSecret, publishers });
});
afterEach(() => bus.stop());

function publish(secret: string, events: unknown) {
  const body = JSON.stringify(events);
  const headers = createSigner([secret]).sign({ id: 'message', body, now: new Date() });
  return request(bus.server.url)
    .post('/events')
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);
}
const all = async () => (await request(bus.server.url).get('/events')).body;
const event = (type: string, id?: string) => ({ type, data: {}, ...(id === undefined ? {} : { id }) });

describe('a publisher with a secret of its own', () => {
  it.each([
    ['new', newSecret],
    ['old', oldSecret],
  ])('may publish its types, with the %s one of its secrets', async (_which, secret) => {
    expect((await publish(secret, [event('PostCreated'), event('PostChanged')])).status).toBe(200);
    expect((await publish(secret, event('PostCreated'))).status).toBe(200);
    expect(await all()).toHaveLength(3);
  });

  it.each<[string, unknown, string[]]>([
    ['one event', event('CommentCreated'), ['type']],
    ['several', [event('PostCreated'), event('CommentCreated'), event('constructor')], ['[1].type', '[2].type']],
  ])('may publish no others: 403 names each, and nothing is stored: %s', async (_what, events, paths) => {
    const { status, type, body } = await publish(newSecret, events);
    expect([status, type]).toEqual([403, 'application/problem+json']);
    expect(body.errors).toEqual(paths.map((path) => ({ path, message: 'is not one that posts may publish' })));
    expect(await all()).toEqual([]);
  });

  it('learns nothing of ids that are not its own to publish', async () => {
    await publish(bigSecret, event('CommentCreated', 'taken'));
    expect((await publish(newSecret, { ...event('CommentCreated', 'taken'), data: 1 })).status).toBe(403);
  });
});

describe('the secret of the bus', () => {
  it('still stands for any type', async () => {
    expect((await publish(bigSecret, [event('PostCreated'), event('CommentCreated'), event('T')])).status).toBe(200);
  });

  it('is needed no more than any other: without one that counts a publish is refused', async () => {
    expect((await publish(strangeSecret, event('PostCreated'))).status).toBe(401);
    expect((await request(bus.server.url).post('/events').send(event('PostCreated'))).status).toBe(401);
    expect(await all()).toEqual([]);
  });
});

describe('the settings', () => {
  it('close the door also where there are only secrets of publishers', async () => {
    await bus.stop();
    bus = await runBus(folder(), {}, { publishers });
    expect((await request(bus.server.url).post('/events').send(event('PostCreated'))).status).toBe(401);
    expect((await publish(otherSecret, event('CommentCreated'))).status).toBe(200);
  });

  it('leave it open where there is none', () => expect(createPublishers([], {})).toBeUndefined());

  it('give each secret once, so that it tells who signed', () => {
    expect(() => createPublishers([newSecret], publishers)).toThrow('twice');
    const both = { ...publishers, query: { secret: [oldSecret], types: ['T'] } };
    expect(() => createPublishers([], both)).toThrow('twice');
  });
});
