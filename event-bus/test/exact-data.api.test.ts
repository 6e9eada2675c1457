import fc from 'fast-check';
import { jsonText, nested, objectText, stringText, whitespace } from './json-texts';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscribers: Record<'single' | 'batch' | 'refusing', SubscriberServer>;
const isRefused = (sequence = 0): boolean => sequence % 4 === 0;
beforeEach(async () => {
  subscribers = { single: await runSubscriber(), batch: await runSubscriber(), refusing: await runSubscriber() };
  // Were it most of them, the subscriber would be taken for one that is down.
  subscribers.refusing.answer = ({ events: [event] }) => (isRefused(event?.sequence) ? 400 : 200);
  const to = (name: keyof typeof subscribers) => ({ endpoints: [subscribers[name].url] });
  bus = await runBus(folder(), {
    single: to('single'),
    batch: { ...to('batch'), batch: 7 },
    refusing: { ...to('refusing'), maxAttempts: 1 },
  });
});
afterEach(async () => {
  await bus.stop();
  await Promise.all(Object.values(subscribers).map((subscriber) => subscriber.stop()));
});

const get = async (path: string): Promise<string> => {
  const response = await fetch(`${bus.server.url}${path}`);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return response.text();
};

async function publish(body: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await fetch(`${bus.server.url}/events`, { method: 'POST', body: Buffer.from(body), headers });
  return { status: response.status, text: await response.text() };
}

let made = 0;
interface Sent {
  id: string;
  data: string;
}
const sent = (data: string): Sent => ({ id: `e${(made += 1)}`, data });

interface Dress {
  spaces: string[];
  /** Stands before the data, under the same name. */
  overwritten: string | undefined;
  name: string;
}
const dress = fc.record<Dress>({
  spaces: fc.array(whitespace, { maxLength: 3 }),
  overwritten: fc.option(jsonText, { nil: undefined }),
  name: fc.constantFrom('"data"', '"data"', '"d\\u0061ta"', '"\\u0064\\u0061\\u0074\\u0061"'),
});

const inDress = ({ id, data }: Sent, { spaces, overwritten, name }: Dress): string =>
  objectText(
    [
      ...(overwritten === undefined ? [] : [['"data"', overwritten] as const]),
      ['"specversion"', '"1.0"'],
      ['"subject"', '"data"'],
      [name, data],
      ['"id"', `"${id}"`],
      ['"source"', '"/s"'],
      ['"type"', '"T"'],
    ],
    spaces,
  );

const json = { 'content-type': 'application/json' };
const binary = ({ id }: Sent) => ({ ...json, 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/s', 'ce-type': 'T' });

/** Publishes a text of data in each of the forms that hold JSON; gives the events that it became. */
async function publishInAllForms(data: string, form: Dress): Promise<Sent[]> {
  const [one, structured, first, second, inBatch, alone] = Array.from({ length: 6 }, () => sent(data));
  if (!one || !structured || !first || !second || !inBatch || !alone) throw new Error('never');
  const answers = [
    await publish(inDress(one, form), json),
    await publish(inDress(structured, form), { 'content-type': 'application/cloudevents+json; charset=utf-8' }),
    await publish(`[${inDress(first, form)},\n${inDress(second, form)} ]`, json),
    await publish(`\ufeff [${inDress(inBatch, form)}]`, { 'content-type': 'application/cloudevents-batch+json' }),
    await publish(data, binary(alone)),
  ];
  expect(answers.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual([200, 200, 200, 200, 200]);
  return [one, structured, first, second, inBatch, alone];
}

async function allIn(list: string): Promise<string[]> {
  const texts: string[] = [];
  for (let path: string | undefined = list; path !== undefined;) {
    const response: Response = await fetch(`${bus.server.url}${path}`);
    texts.push(await response.text());
    path = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return texts;
}

/** The list of dead letters, once it has so many. */
async function untilRefused(many: number): Promise<string> {
  for (;;) {
    const pages = await allIn('/dead-letters');
    if (pages.flatMap((page) => JSON.parse(page) as unknown[]).length >= many) return pages.join('\n');
  }
}

describe('the data of an event', () => {
  it('leaves the bus at every exit with the bytes that it came in with, whatever JSON it is', async () => {
    const events: Sent[] = [];
    await fc.assert(
      fc.asyncProperty(jsonText, dress, async (data, form) => {
        events.push(...(await publishInAllForms(data, form)));
      }),
      { numRuns: 60 },
    );
    const { single, batch } = subscribers;
    await single.until(() => single.handledEvents.length >= events.length);
    await batch.until(() => batch.handledEvents.length >= events.length);
    const texts = new Map(single.pushes.map(({ text, events: [event] }) => [event?.id, text]));
    const batches = batch.pushes.map(({ text }) => text).join('\n');
    const [all] = await allIn('/events');
    const pages = (await allIn('/events?limit=50')).join('\n');
    const letters = await untilRefused(Math.floor(events.length / 4));
    for (const { id, data } of events) {
      const text = texts.get(id) ?? '';
      const { sequence, data: parsed } = JSON.parse(text) as { sequence: number; data: unknown };
      expect(text).toContain(`"data":${data},"`);
      expect(parsed).toEqual(JSON.parse(data));
      const exits = [batches, all, pages, await get(`/events/${id}`)];
      if (isRefused(sequence)) exits.push(letters, await get(`/dead-letters/refusing:${sequence}`));
      for (const exit of exits) expect(exit).toContain(text);
    }
    expect(JSON.parse(all ?? '')).toHaveLength(events.length);
  }, 120_000);

  it('keeps the numbers of a hundred events that come at once', async () => {
    const numbers = Array.from({ length: 100 }, (_, place) => `${'9'.repeat(place + 1)}.10`);
    const body = `[${numbers.map((n) => `{"type":"T","data":${n}}`).join()}]`;
    expect((await publish(body, json)).status).toBe(200);
    expect((await get('/events')).match(/(?<="data":)[\d.]+/g)).toEqual(numbers);
  });

  it('is the last one if it is given twice, also if that is null', async () => {
    expect((await publish('{"type":"T","data":1.0,"data":{"data":[2]},"data":null}', json)).status).toBe(200);
    expect(await get('/events')).toContain('"data":null,"sequence":1}');
  });

  it('is that of the event, not of an attribute or a value that is called so', async () => {
    const body = '{"type":"data","subject":"\\"data\\":5","sequence":{"data":1},"data":{"data":{"data":1.0}}}';
    expect((await publish(body, json)).status).toBe(200);
    expect(await get('/events')).toContain('"data":{"data":{"data":1.0}},"sequence":1}');
  });

  it('is written as JSON if it came as text', async () => {
    const headers = { ...binary(sent('')), 'content-type': 'text/plain' };
    expect((await publish('1.10 "x"\n', headers)).status).toBe(200);
    expect(await get('/events')).toContain('"data":"1.10 \\"x\\"\\n","sequence":1}');
  });

  it.each([
    ['{"id":9007199254740993}', '9007199254740993'],
    ['{"id":1.10}', '1.10'],
    ['{"id":1e400}', '1e400'],
    ['{"id":-0}', '-0'],
    ['{"id":1,"\\u0069d" : 2.0 }', '2.0'],
    ['{"postId":12345678901234567890,"id":1}', '12345678901234567890'],
    ['{"a":{"id":5},"postId":true,"id":"x"}', 'x'],
    [`{"postId":1${'0'.repeat(128)},"id":3}`, '3'],
  ])('gives the key as it is written: %s', async (data, key) => {
    expect((await publish(`{"type":"T","data":${data}}`, json)).status).toBe(200);
    expect(JSON.parse(await get('/events'))).toMatchObject([{ partitionkey: key }]);
    expect(JSON.parse(await get(`/events?key=${encodeURIComponent(key)}`))).toHaveLength(1);
    expect((await publish(data, binary(sent(data)))).status).toBe(200);
    expect(JSON.parse(await get(`/events?key=${encodeURIComponent(key)}`))).toHaveLength(2);
  });

  it('may be nested as deep as a request may be, also where a second value of the same name hides it', async () => {
    const bodies = [nested('1.0', 31), nested('1.0', 32), `{"a":${nested('1.0', 31)},"a":1}`];
    const statuses = [];
    for (const data of bodies) {
      statuses.push((await publish(`{"type":"T","data":${data}}`, json)).status);
      statuses.push((await publish(data, binary(sent(data)))).status);
    }
    expect(statuses).toEqual([200, 200, 400, 400, 400, 400]);
    expect((await publish(`[{"type":"T","data":${nested('1', 30)}}]`, json)).status).toBe(200);
    expect((await publish(`[{"type":"T","data":${nested('1', 31)}}]`, json)).status).toBe(400);
  });

  it('counts with all of its bytes', async () => {
    const space = ' '.repeat(1024 * 1024);
    expect((await publish(`{"type":"T","data":[${space}]}`, json)).status).toBe(413);
    expect((await publish(`{"type":"T","data":${space}1}`, json)).status).toBe(200);
  });
});

describe('an event that comes again', () => {
  const again = async (first: string, second: string): Promise<number> => {
    const id = sent('').id;
    const event = (data: string): string => `{"id":"${id}","type":"T","data":${data}}`;
    expect((await publish(event(first), json)).status).toBe(200);
    return (await publish(event(second), json)).status;
  };

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['1.10', '1.1'],
    ['1e3', '1000'],
    ['-0', '0.0e7'],
    ['{"a":1.0,"b":"\\u0041"}', '{ "b":"A","a":1 }'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['1e999999999999999', '10e999999999999998'],
    ['0e9007199254740993', '0'],
  ])('is the same if its data is the same to the last digit: %s, %s', async (first, second) => {
    expect(await again(first, second)).toBe(200);
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['1e400', '1e401'],
    ['1e400', 'null'],
    ['1', '"1"'],
    ['0.1', '0.10000000000000000001'],
    ['1e9007199254740993', '1e9007199254740992'],
    ['1', '-1'],
    ['{"a":1}', '{"b":1}'],
    ['{"__proto__":1.0}', '{"__proto__":1.5}'],
    ['[1,[2]]', '[[1],2]'],
  ])('is another one if a digit differs: %s, %s', async (first, second) => {
    expect(await again(first, second)).toBe(409);
  });

  it('is always the same if it comes with the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(jsonText, stringText), async (data) => expect(await again(data, data)).toBe(200)),
      { numRuns: 40 },
    );
  });
});
