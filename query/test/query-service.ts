import { createMetrics, silentLogger } from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import { BusAway } from '@blog/kit/state';
import request from 'supertest';
import { openRaw } from '../../common/kit/test/raw-database';
import { renderHere } from '../../common/kit/test/render-here';
import { withDocumentedAnswers } from '../../common/kit/test/documented-answers';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { createPreparedAnswers } from '../src/http/prepared-answers';
import { createLiveStream } from '../src/live-stream';
import { document } from '../src/openapi';
import { createApply } from '../src/read-model';
import { type RetryDeps, retrySkipped } from '../src/retry-skipped';
import { openReadModelStore } from '../src/store';

export const noon = '2026-11-24T12:00:00.000Z';

const now = (): Date => new Date(noon);
const noBus: RetryDeps['bus'] = { history: () => Promise.reject(new BusAway('there is none')) };

interface QueryOptions {
  renderer?: Renderer;
  /** Has the events that are tried again. */
  bus?: RetryDeps['bus'];
}

export const blog = { publicUrl: 'https://blog.example', name: 'The Blog' };

/** The query service on a database of the test, put together as its main.ts does. */
export function startQuery(
  life: TestLife,
  name = 'query.db',
  { renderer = renderHere, bus = noBus }: QueryOptions = {},
) {
  const file = life.file(name);
  const store = life.closing(openReadModelStore({ file, now }));
  const stream = life.closing(createLiveStream({ changes: store.changes, logger: silentLogger }));
  const answers = createPreparedAnswers();
  const apply = createApply({ store, answers, stream, renderer, now, logger: silentLogger });
  const retry = () => retrySkipped({ bus, apply, store });
  const deps = { store, apply, retry, answers, stream, blog, logger: silentLogger, metrics: createMetrics('query') };
  const app = withDocumentedAnswers(createApp(deps), { document, life });
  /** Pushes events as the bus does. */
  const push = async (...events: object[]): Promise<void> => {
    await request(app)
      .post('/events')
      .send(events.length === 1 ? events[0] : events)
      .expect(200, { status: 'OK' });
  };
  return { app, deps, retry, store, stream, answers, apply, push, file };
}

/** The read model's content, without what only this file is about: numbers of rows and of changes. */
const content = [
  'SELECT * FROM posts ORDER BY id',
  'SELECT * FROM comments ORDER BY id',
  'SELECT * FROM gone_posts ORDER BY id',
  'SELECT * FROM gone_comments ORDER BY id',
  'SELECT post_id, approved FROM threads WHERE approved <> 0 ORDER BY post_id',
  'SELECT * FROM post_tags',
  'SELECT id, search.* FROM search JOIN posts ON number = search.rowid ORDER BY id',
];

/** The whole read model, row by row: what a rebuilt one must equal to the byte. */
export function dumpOf(file: string): string {
  const raw = openRaw(file);
  const rows = content.flatMap((query) => raw.prepare<[], { number?: number }>(query).all());
  raw.close();
  return JSON.stringify(
    rows.map(({ number: _number, ...row }) => row),
    undefined,
    1,
  );
}

export function postCreated(id: string, data: object = {}) {
  return { type: 'PostCreated' as const, time: noon, data: { id, title: `Title of ${id}`, ...data } };
}

const written = { content: 'Nice', postId: 'p1', status: 'pending' };

export function commentCreated(id: string, data: object = {}) {
  return { type: 'CommentCreated' as const, time: noon, data: { id, ...written, ...data } };
}

export function commentUpdated(id: string, data: object = {}) {
  return { type: 'CommentUpdated' as const, time: noon, data: { id, ...written, status: 'approved', ...data } };
}

export function postUpdated(id: string, data: object = {}) {
  return { ...postCreated(id, data), type: 'PostUpdated' as const };
}

export function postDeleted(id: string, data: object = {}) {
  return { type: 'PostDeleted' as const, time: noon, data: { id, ...data } };
}

export function commentDeleted(id: string, data: object = {}) {
  return { type: 'CommentDeleted' as const, time: noon, data: { id, postId: 'p1', ...data } };
}
