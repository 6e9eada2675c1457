import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@blog/kit';
import request from 'supertest';
import { z } from 'zod';
import { settings } from '../src/config';
import { openApiOf } from '../src/http/openapi';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

type Json = Record<string, unknown>;

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  const { EVENT_TYPES: eventTypes } = readConfig(settings, {});
  bus = await runBus(folder(), {}, { eventTypes });
});
afterEach(() => bus.stop());

const get = async (path: string) => (await request(bus.server.url).get(path)).body;
const at = (document: unknown, path: string): unknown =>
  path.split('/').reduce<unknown>((part, step) => (part as Json | undefined)?.[step], document);

/** Every `$ref` in a document. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (name === '$ref' ? [String(part)] : refsIn(part)));
}

/** A schema of a document with everything that it refers to. */
function whole(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => whole(document, part));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { $ref?: string };
  if ($ref !== undefined) return whole(document, at(document, $ref.slice(2)));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, whole(document, part)]));
}

/** Whether an event fits the message of its name in `/asyncapi.json`. */
function fits(document: Json, message: string, event: unknown): boolean {
  const payload = whole(document, at(document, `components/messages/${message}/payload`)) as { allOf?: Json[] };
  return (payload.allOf ?? [payload]).every((schema) => z.fromJSONSchema(schema).safeParse(event).success);
}

const types = [
  ...['PostCreated', 'PostUpdated', 'PostDeleted'],
  ...['CommentCreated', 'CommentModerated', 'CommentUpdated', 'CommentDeleted'],
  ...['CommentErased', 'PostErased'],
];
const comment = { id: 'c1', content: 'Hi', postId: 'p1', status: 'pending' };

describe('GET /asyncapi.json', () => {
  it('describes what is published and pushed, with the events of the blog', async () => {
    const document = await get('/asyncapi.json');
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: expect.any(String), version: expect.any(String) },
      operations: {
        publish: { action: 'receive', channel: { $ref: '#/channels/publish' } },
        push: { action: 'send', channel: { $ref: '#/channels/push' } },
      },
    });
    expect(Object.keys(document.channels.publish.messages)).toEqual(['bareEvent', 'cloudEvent', ...types]);
    expect(Object.keys(document.channels.push.messages)).toEqual(['cloudEvent', ...types]);
    for (const { channel, messages } of Object.values<{ channel: Json; messages: { $ref: string }[] }>(
      document.operations,
    )) {
      for (const { $ref } of messages) expect($ref.startsWith(`${String(channel['$ref'])}/messages/`)).toBe(true);
    }
    expect(document.components.messages.PostCreated.summary).toContain('By posts');
  });

  it.each(['/asyncapi.json', '/openapi.json'])('refers to nothing that is not in it: %s', async (path) => {
    const document = await get(path);
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(5);
    expect(refs.filter((ref) => at(document, ref.slice(2)) === undefined)).toEqual([]);
  });

  it('describes events as they are stored, whatever the form in which they came', async () => {
    const document = await get('/asyncapi.json');
    const publish = (event: object) => request(bus.server.url).post('/events').send(event);
    const bare = { type: 'CommentCreated', data: comment };
    expect([fits(document, 'bareEvent', bare), fits(document, 'cloudEvent', bare)]).toEqual([true, false]);
    expect((await publish(bare)).status).toBe(200);
    expect((await publish({ ...bare, specversion: '1.0', id: 'e', source: '/s', mine: 3 })).status).toBe(200);
    const stored: Json[] = await get('/events');
    expect(stored.map((event) => fits(document, 'CommentCreated', event))).toEqual([true, true]);
    expect(stored.map((event) => fits(document, 'PostCreated', event))).toEqual([false, false]);
  });

  it.each<[string, Json]>([
    ['id', { id: '' }],
    ['source', { source: 'a b' }],
    ['specversion', { specversion: '2.0' }],
    ['an extension', { mine: {} }],
    ['data_base64', { data: undefined, data_base64: '?' }],
    ['the data', { data: { ...comment, status: 'maybe' } }],
  ])('describes no event whose fault is in %s', async (_what, fault) => {
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 'CommentCreated', data: comment };
    const document = await get('/asyncapi.json');
    expect(fits(document, 'CommentCreated', event)).toBe(true);
    expect(fits(document, 'CommentCreated', { ...event, ...fault })).toBe(false);
  });

  it('names other types, or none, as the settings say', async () => {
    await bus.stop();
    const eventTypes = { 'com.example/sold #1': { type: 'object', description: 'Something was sold.' } };
    bus = await runBus(folder(), {}, { eventTypes });
    const document = await get('/asyncapi.json');
    expect(Object.keys(document.components.messages)).toEqual(['bareEvent', 'cloudEvent', 'com.example_sold__1']);
    expect(document.components.messages['com.example_sold__1']).toMatchObject({ name: 'com.example/sold #1' });
  });
});

describe('GET /openapi.json', () => {
  it('has every route that is mounted, and no other', async () => {
    const { openapi, paths } = await get('/openapi.json');
    expect(openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries<Json>(paths)) {
      const { headers } = await request(bus.server.url).options(path.replace(/[{}]/g, ''));
      const allowed = String(headers['allow'])
        .split(', ')
        .filter((method) => !['HEAD', 'OPTIONS'].includes(method));
      expect([path, allowed.sort()]).toEqual([
        path,
        Object.keys(methods)
          .map((method) => method.toUpperCase())
          .sort(),
      ]);
    }
    expect(Object.keys(paths)).toContain('/events');
  });

  it('can not be made where a route is missing in it, or is no longer mounted', () => {
    const told = { '/a': { get: { summary: '', answers: {} } } };
    expect(() => openApiOf({ '/a': { get: 1, put: 1 } }, told)).toThrow('put /a');
    expect(() => openApiOf({}, told)).toThrow('get /a');
  });

  it('describes requests by the schemas that check them', async () => {
    const { paths } = await get('/openapi.json');
    const { schema } = paths['/subscriptions/{group}'].put.requestBody.content['application/json'];
    expect(schema).toMatchObject({ required: ['endpoints'], properties: { batch: { maximum: 1_000, default: 1 } } });
    expect(paths['/events'].post.parameters).toMatchObject([
      { name: 'wait', in: 'query' },
      { name: 'timeout', schema: { maximum: 60_000, default: 10_000 } },
    ]);
  });
});

describe('docs/events.md', () => {
  const text = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8');
  const examples = [...text.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => [json] as const);

  it.each(examples)('has examples that the bus takes: %s', async (json) => {
    const event = JSON.parse(json);
    const { status, body } = await request(bus.server.url).post('/events').send(event);
    expect([status, body.errors]).toEqual([200, undefined]);
    const [stored] = await get('/events');
    expect(fits(await get('/asyncapi.json'), event.type, stored)).toBe(true);
  });

  it('has an example of each type', () => {
    expect(new Set(examples.map(([json]) => JSON.parse(json).type))).toEqual(new Set(types));
  });
});
