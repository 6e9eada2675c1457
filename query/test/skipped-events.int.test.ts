import { silentLogger, Unavailable } from '@blog/kit';
import { NotRendered, type Renderer } from '@blog/kit/rendering';
import { BusAway } from '@blog/kit/state';
import request from 'supertest';
import { renderHere } from '../../common/kit/test/render-here';
import { useTestLife } from '../../common/kit/test/test-life';
import { startCatchUp } from '../src/catch-up';
import { retryWhenReachable } from '../src/retry-skipped';
import {
  commentDeleted,
  commentUpdated,
  dumpOf,
  postCreated,
  postDeleted,
  postUpdated,
  startQuery,
} from './query-service';

const life = useTestLife();

/** A renderer that fails at texts with this word in them, as a mistake in the code would; and one that is mended. */
function breakable() {
  let word: string | undefined = 'poison';
  let error: Error = new TypeError('poison of a secret text');
  const orFail = <T>(text: string, rendered: Promise<T>): Promise<T> =>
    word !== undefined && text.includes(word) ? Promise.reject(error) : rendered;
  const renderer: Renderer = {
    full: (text) => orFail(text, renderHere.full(text)),
    limited: (text) => orFail(text, renderHere.limited(text)),
  };
  return { renderer, mend: () => (word = undefined), failWith: (other: Error) => (error = other) };
}

const log = [
  postCreated('p1', { body: 'one', version: 1 }),
  postCreated('p2', { body: 'poison of p2', version: 1 }),
  postCreated('p3', { id: { of: 'another kind' } }),
  commentUpdated('c1', { postId: 'p1', content: 'poison!', version: 2 }),
  commentUpdated('c2', { postId: 'p2', content: 'fine', version: 2 }),
  postCreated('p4', { body: 'four', version: 1 }),
].map((event, index) => ({ ...event, id: `e${index + 1}`, sequence: index + 1, partitionkey: 'k' }));

const busWith = (events: object[]) => ({
  history: (after: number, limit = 1_000) => {
    const rest = events.slice(after);
    return Promise.resolve({ events: rest.slice(0, limit) as never[], more: rest.length > limit });
  },
});

function start(name: string, events: object[] = log) {
  const { failWith, mend, renderer } = breakable();
  const bus = busWith(events);
  const query = startQuery(life, name, { renderer, bus });
  const { apply, store } = query;
  const catchUp = () => startCatchUp({ bus, apply, progress: store.catchUp, logger: silentLogger }).done;
  const skipped = async () => (await request(query.app).get('/skipped').expect(200)).body as Skipped;
  const skippedIds = async () => (await skipped()).events.map(({ id }) => id).sort();
  return { ...query, bus, catchUp, mend, failWith, skipped, skippedIds };
}

interface Skipped {
  count: number;
  events: { id: string; reason: string }[];
}

const postIds = async ({ app }: ReturnType<typeof start>) =>
  Object.keys((await request(app).get('/posts').expect(200)).body as object).sort();

describe('An event that can not be applied', () => {
  it('is passed over when the history is read, and shown with its place and why, but not with its text', async () => {
    const query = start('query.db');
    await query.catchUp();
    expect(query.store.catchUp()).toEqual({ sequence: 6, complete: true });
    expect(await postIds(query)).toEqual(['p1', 'p4']);
    expect(await query.skipped()).toEqual({
      count: 3,
      events: [
        {
          id: 'e4',
          sequence: 4,
          type: 'CommentUpdated',
          key: 'k',
          reason: 'failed with TypeError',
          at: expect.any(String) as string,
        },
        {
          id: 'e3',
          sequence: 3,
          type: 'PostCreated',
          key: 'k',
          reason: expect.stringContaining('data.id') as string,
          at: expect.any(String) as string,
        },
        {
          id: 'e2',
          sequence: 2,
          type: 'PostCreated',
          key: 'k',
          reason: 'failed with TypeError',
          at: expect.any(String) as string,
        },
      ],
    });
    const { text } = await request(query.app).get('/metrics');
    expect(text).toMatch(/^skipped_events\S* 3$/m);
    expect((await request(query.app).get('/readyz')).status).toBe(200);
  });

  it('is passed over when it is pushed alone or among others, which are applied', async () => {
    const query = start('query.db');
    await query.push(...log.filter(({ id }) => id !== 'e3'));
    await query.push({ ...postCreated('p5', { body: 'poison' }), id: 'e7', sequence: 7 });
    expect(await postIds(query)).toEqual(['p1', 'p4']);
    expect(await query.skippedIds()).toEqual(['e2', 'e4', 'e7']);
  });

  it.each([
    ['its post is deleted', 'p2', postDeleted('p2')],
    ['its post is changed', 'p2', postUpdated('p2', { body: 'well', version: 2 })],
    ['its comment is deleted', 'c1', commentDeleted('c1')],
    ['its comment is changed', 'c1', commentUpdated('c1', { content: 'well', version: 3 })],
    ['the post of its comment is deleted', 'c1', postDeleted('p1')],
  ])('is done with when %s', async (_what, id, event) => {
    const query = start('query.db');
    await query.catchUp();
    await query.push({ ...event, id: 'e9', sequence: 9 });
    expect(await query.skippedIds()).toEqual(id === 'p2' ? ['e3', 'e4'] : ['e2', 'e3']);
  });

  it('is applied when it is tried again and the code can, and then nothing tells that it was not', async () => {
    const query = start('query.db');
    await query.catchUp();
    expect((await request(query.app).post('/skipped/retry').expect(200)).body).toEqual({ left: 3 });
    query.mend();
    expect((await request(query.app).post('/skipped/retry').expect(200)).body).toEqual({ left: 1 });
    expect(await query.skippedIds()).toEqual(['e3']);
    const well = start('well.db');
    well.mend();
    await well.catchUp();
    expect(dumpOf(query.file)).toBe(dumpOf(well.file));
  });

  it('is tried again at the next start, as soon as the bus can be reached', async () => {
    const query = start('query.db');
    await query.catchUp();
    query.mend();
    let asked = 0;
    const history: typeof query.bus.history = (...page) =>
      (asked += 1) > 1 ? query.bus.history(...page) : Promise.reject(new BusAway('not yet'));
    await retryWhenReachable({ ...query, bus: { history } }, new AbortController().signal);
    expect(await query.skippedIds()).toEqual(['e3']);
  });

  it('is not taken for one while something is wrong here: then all wait, and nothing is passed over', async () => {
    for (const error of [new Unavailable('no room'), new NotRendered('busy'), new NotRendered('ended')]) {
      const query = start(`${error.message}.db`);
      query.failWith(error);
      await request(query.app).post('/events').send(log[1]).expect(503);
      expect((await query.skipped()).count).toBe(0);
    }
  });

  it('is shown to no page, and no page may have it tried again', async () => {
    const { app } = start('query.db');
    for (const header of ['Origin', 'Sec-Fetch-Site']) {
      await request(app).get('/skipped').set(header, 'https://evil.example').expect(403);
      await request(app).post('/skipped/retry').set(header, 'same-origin').expect(403);
    }
    await request(app).post('/skipped/retry').expect(200, { left: 0 });
  });
});
