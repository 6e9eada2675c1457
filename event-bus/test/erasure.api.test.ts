import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from '@blog/kit/sqlite';
import { blogDataAfterErasure } from '../src/blog';
import { mendLog } from '../src/log/repair/mend-log';
import { verifyFolder } from '../src/verify';
import { runBus, type RunningBus, type Subscriptions } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;

async function start(subscriptions: Subscriptions = {}): Promise<void> {
  bus = await runBus(folder(), subscriptions, { dataAfterErasure: blogDataAfterErasure });
}

beforeEach(() => start());
afterEach(() => bus.stop());

const secretText = 'Ünlikely words of a person, “quoted”';
const secretName = 'Zdenka Unlikely-Name';

async function publish(events: unknown): Promise<{ status: number; events: { sequence: number }[] }> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${bus.server.url}/events`, { method: 'POST', headers, body: JSON.stringify(events) });
  const { events: stored = [] } = (await response.json()) as { events?: { sequence: number }[] };
  return { status: response.status, events: stored };
}

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(`${bus.server.url}${path}`)).json()) as T;
}

type Event = Record<string, unknown> & { data: Record<string, unknown>; sequence: number };
const history = (): Promise<Event[]> => get('/events');

interface Told {
  event: string;
  events: number;
  damaged: number[];
  doneAt: string | null;
}

/** Waits for the fact that the erasures are done. */
async function erased(count = 1): Promise<Told[]> {
  for (;;) {
    const told = await get<Told[]>('/erasures');
    if (told.length === count && told.every(({ doneAt }) => doneAt !== null)) return told;
    await delay(5);
  }
}

const comment = (id: string, more: object = {}) => ({
  type: 'CommentCreated',
  data: { id, postId: 'p1', content: secretText, author: secretName, status: 'approved', version: 1, ...more },
});
const erasureOf = (id: string, key = 'p1') => ({
  specversion: '1.0',
  id: `erasure-of-${id}`,
  source: '/comments',
  type: 'CommentErased',
  partitionkey: key,
  erases: id,
  data: { id, postId: key },
});

/** The names of the files of the bus that hold a text, as UTF-8 or as JSON may write it. */
function filesWith(...texts: string[]): string[] {
  const escaped = (text: string): string =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const forms = texts
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1), escaped(text)])
    .map((form) => Buffer.from(form));
  return readdirSync(folder()).filter((name) =>
    forms.some((form) => readFileSync(join(folder(), name)).includes(form)),
  );
}

describe('an event that erases', () => {
  it('takes the texts of all events of that id, and leaves what orders them', async () => {
    await publish([comment('c1'), comment('c2', { content: 'Another text', author: 'Bo' })]);
    await publish({ ...comment('c1', { version: 2 }), type: 'CommentUpdated', subject: 'c1', note: secretText });
    const before = await history();
    await publish(erasureOf('c1'));
    expect(await erased()).toMatchObject([{ event: 'erasure-of-c1', events: 2, damaged: [] }]);
    const after = await history();
    for (const [place, event] of after.entries()) {
      const { id, type, sequence, partitionkey, time } = before[place] ?? event;
      expect(event).toMatchObject({ id, type, sequence, partitionkey, time });
    }
    expect(after[0]?.data).toEqual({ id: 'c1', postId: 'p1', content: '', author: '', status: 'rejected', version: 1 });
    expect(after.map((event) => event['erased'])).toEqual([true, undefined, true, undefined]);
    expect(after[2]).not.toHaveProperty('note');
    expect(after[1]).toEqual(before[1]);
  });

  it('leaves no byte of them in the files, and a log that is whole', async () => {
    await publish(comment('c1'));
    await publish(comment('c2', { content: 'x'.repeat(9_000) + secretText }));
    expect(filesWith(secretText, secretName)).not.toEqual([]);
    await publish([erasureOf('c1'), erasureOf('c2')]);
    await erased(2);
    expect(filesWith(secretText, secretName)).toEqual([]);
    await bus.stop();
    expect(verifyFolder(folder()).findings).toEqual([]);
    expect(filesWith(secretText, secretName)).toEqual([]);
    await start();
  });

  it('leaves no byte of any of many events of all lengths, erased in any order', async () => {
    const ids = Array.from({ length: 150 }, (_, n) => `c${(n * 7_919) % 150}`);
    for (const [n, id] of ids.entries()) {
      await publish(comment(id, { content: `${secretText} ${'y'.repeat((n * 37) % 5_000)}` }));
    }
    for (const id of ids.toReversed()) await publish(erasureOf(id));
    await erased(ids.length);
    expect(filesWith(secretText, secretName)).toEqual([]);
    expect(verifyFolder(folder()).findings).toEqual([]);
  });

  it('takes everything of a key whose id it names, but for what is of another one', async () => {
    await publish([
      { type: 'PostCreated', data: { id: 'p1', title: secretText, body: secretText, tags: ['t'] } },
      comment('c1'),
      { type: 'PostCreated', data: { id: 'p2', title: 'Other', body: '' } },
    ]);
    await publish({ ...erasureOf('p1'), type: 'PostErased' });
    await erased();
    const [post, commented, other] = await history();
    expect(post?.data).toEqual({ id: 'p1', title: '', body: '', tags: [] });
    expect(commented?.['erased']).toBe(true);
    expect(other?.['erased']).toBeUndefined();
  });

  it('finds an event that has no post, and so the comment’s own id as its key', async () => {
    await publish({ type: 'CommentFlagged', data: { id: 'c1', words: secretText } });
    await publish(erasureOf('c1'));
    await erased();
    expect(filesWith(secretText)).toEqual([]);
  });

  it('also takes the text of an event that was on its way and comes later', async () => {
    await publish(erasureOf('c1'));
    await erased();
    await publish({ ...comment('c1'), type: 'CommentModerated' });
    for (let events = 0; events === 0;) [{ events }] = await get<[Told]>('/erasures');
    await erased();
    expect(filesWith(secretText, secretName)).toEqual([]);
  });

  it('leaves an event that can be published again: its first sequence is answered', async () => {
    const event = { specversion: '1.0', id: 'e1', source: '/comments', ...comment('c1') };
    const [first] = (await publish(event)).events;
    await publish(erasureOf('c1'));
    await erased();
    expect(await publish(event)).toEqual({ status: 200, events: [first] });
    expect(filesWith(secretText)).toEqual([]);
  });

  it('is remembered after a restart, and made again where its file is missing', async () => {
    await publish([comment('c1'), erasureOf('c1')]);
    await erased();
    await bus.stop();
    await start();
    expect(await erased()).toMatchObject([{ event: 'erasure-of-c1', events: 1 }]);
    await bus.stop();
    for (const name of readdirSync(folder())) {
      if (name.startsWith('event-bus-erasures.db')) copyFileSync('/dev/null', join(folder(), name));
    }
    await start();
    await erased();
    await publish({ ...comment('c1'), type: 'CommentUpdated' });
    while (filesWith(secretText).length > 0) await delay(5);
  });

  it('goes on when a process was ended in the middle: what is copied from there completes', async () => {
    await publish([comment('c1'), erasureOf('c1')]);
    await erased();
    await bus.stop();
    // As a crash between the first note of it and its end would leave it.
    const db = new Sqlite(join(folder(), 'event-bus-erasures.db'));
    db.exec('UPDATE erasures SET done_at = NULL');
    db.close();
    await start();
    expect(await erased()).toHaveLength(1);
  });

  it('is in a log that was put together anew', async () => {
    await publish([comment('c1'), comment('c2', { content: 'stays', author: 'Bo' }), erasureOf('c1')]);
    await erased();
    const before = await history();
    expect(filesWith(secretText, secretName)).toEqual([]);
    await bus.stop();
    expect(filesWith(secretText, secretName)).toEqual([]);
    mendLog(join(folder(), 'event-bus.db'));
    expect(verifyFolder(folder()).findings).toEqual([]);
    expect(filesWith(secretText, secretName)).not.toContain('event-bus.db');
    await start();
    expect(await history()).toEqual(before);
  });

  it('names a damaged record of the key, of which nobody can tell what it says', async () => {
    await publish([comment('c1'), comment('c1')]);
    await bus.stop();
    const db = new Sqlite(join(folder(), 'event-bus.db'));
    db.exec(`UPDATE events SET text = replace(text, 'words', 'wrods') WHERE sequence = 1`);
    db.close();
    await start();
    await publish(erasureOf('c1'));
    expect(await erased()).toMatchObject([{ events: 1, damaged: [1] }]);
  });
});
