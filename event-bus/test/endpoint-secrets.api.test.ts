import type { Logger } from '@blog/kit';
import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { openStream } from './stream-client';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
let logged: string;
beforeEach(async () => {
  logged = '';
  subscriber = await runSubscriber();
  const write = (...line: unknown[]): void => void (logged += JSON.stringify(line));
  const logger = { debug: write, info: write, warn: write, error: write, fatal: write } as unknown as Logger;
  bus = await runBus(folder(), {}, { logger });
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const secretUrl = (credentials = 'al%3Aice:s3cr%40t-w%C3%B6rd'): string =>
  subscriber.url.replace('//', `//${credentials}@`);
const shownUrl = (): string => subscriber.url.replace('//', '//***@');
const put = (endpoints: string[], group = 'g') =>
  request(bus.server.url).put(`/subscriptions/${group}`).send({ endpoints, maxAttempts: 1 });
const get = (path: string) => request(bus.server.url).get(path);
const publish = (id: string) =>
  request(bus.server.url).post('/events').send({ id, type: 'T', partitionkey: id, data: {} });
const authorizations = (): (string | undefined)[] => subscriber.pushes.map(({ headers }) => headers.authorization);
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('credentials in the URL of an endpoint', () => {
  it('are sent with each push, and shown nowhere', async () => {
    const answers = [await put([secretUrl()])];
    const stream = await openStream(`${bus.server.url}/stream`);
    subscriber.answer = ({ events }) => (events[0]?.id === 'bad' ? 400 : 200);
    await publish('good');
    await publish('bad');
    for (;;) {
      const letters = await get('/dead-letters');
      if (letters.body.length === 0) continue;
      answers.push(letters);
      break;
    }
    expect(authorizations()).toEqual([basic('al:ice:s3cr@t-wörd'), basic('al:ice:s3cr@t-wörd')]);
    subscriber.answer = () => 503;
    await publish('waits');
    await subscriber.until(() => subscriber.pushes.length >= 3);
    for (const path of [
      '/subscriptions',
      '/subscriptions/g',
      '/events/good',
      '/events/bad',
      '/events/waits',
      '/events/bad/path',
      '/metrics',
      '/healthz',
    ]) {
      answers.push(await get(path));
    }
    await stream.until(() => stream.all('sample').some(({ events }) => events.some(({ id }) => id === 'waits')));
    stream.close();
    answers.push(await put([secretUrl(), 'no URL']));
    answers.push(await request(bus.server.url).post('/subscriptions/g/pause'));
    const shown = [
      ...answers.map(({ text }) => text),
      JSON.stringify(stream.all('sample')),
      JSON.stringify(stream.all('groups')),
      logged,
    ];
    expect(logged).toContain('an event failed');
    for (const text of shown) expect(text).not.toMatch(/s3cr|al%3Aice|al:ice|YWw6aWNl/);
    expect((await get('/subscriptions/g')).body).toMatchObject({
      endpoints: [shownUrl()],
      endpointStates: [{ url: shownUrl() }],
    });
    expect((await get('/events/good')).body.groups[0].attempts[0].endpoint).toBe(shownUrl());
  });

  it('stay what they are if the settings are put as they were read, also after a restart', async () => {
    await put([secretUrl('user:one'), 'http://127.0.0.1:9/other']);
    const { endpoints } = (await get('/subscriptions/g')).body;
    expect((await put(endpoints)).status).toBe(200);
    await bus.stop();
    bus = await runBus(folder());
    expect((await put(endpoints.slice(0, 1))).status).toBe(200);
    await publish('a');
    await subscriber.until(() => subscriber.pushes.length === 1);
    expect(authorizations()).toEqual([basic('user:one')]);
  });

  it('are refused if they are hidden and not known', async () => {
    await put([secretUrl()]);
    for (const [endpoints, group] of [
      [[`${shownUrl()}/elsewhere`], 'g'],
      [[shownUrl()], 'new'],
    ] as const) {
      const answer = await put([...endpoints], group);
      expect([answer.status, answer.body.errors]).toEqual([
        400,
        [{ path: 'endpoints[0]', message: expect.stringContaining('hides its credentials') }],
      ]);
    }
    expect((await get('/subscriptions/new')).status).toBe(404);
    expect((await get('/subscriptions/g')).body.endpoints).toEqual([shownUrl()]);
  });

  it('alone do not tell one endpoint from another', async () => {
    const answer = await put([secretUrl('a:1'), secretUrl('b:2')]);
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'endpoints']);
  });

  it.each([
    ['user@', 'user:'],
    [':secret@', ':secret'],
    ['us%zzer:p%@', 'us%zzer:p%'],
  ])('may lack a part or be written oddly: %s', async (credentials, text) => {
    await put([secretUrl(credentials.slice(0, -1))]);
    await publish('a');
    await subscriber.until(() => subscriber.pushes.length === 1);
    expect(authorizations()).toEqual([basic(text)]);
  });
});
