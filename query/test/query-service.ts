import { createMetrics, silentLogger } from '@blog/kit';
import { excerptOf, renderLimitedMarkdown, renderMarkdown } from '@blog/kit/markdown';
import request from 'supertest';
import { openRaw } from '../../common/kit/test/raw-database';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { applyEvents, type ProjectionParts, type ReadModelEvent } from '../src/event-handlers';
import { createLiveStream } from '../src/live-stream';
import { openReadModelStore } from '../src/store';

export const noon = '2026-11-24T12:00:00.000Z';

export const parts: ProjectionParts = {
  render: {
    post: (markdown) => ({ html: renderMarkdown(markdown), excerpt: excerptOf(markdown) }),
    comment: renderLimitedMarkdown,
  },
  now: () => new Date(noon),
};

/** The query service on a database of the test, put together as its main.ts does. */
export function startQuery(life: TestLife, name = 'query.db') {
  const file = life.file(name);
  const store = life.closing(openReadModelStore({ file }));
  const stream = life.closing(createLiveStream({ changes: store.changes, logger: silentLogger }));
  const apply = async (events: ReadModelEvent[]): Promise<void> => {
    await store.transaction((tx) => applyEvents(tx, events, parts));
    stream.announce();
  };
  const app = createApp({ store, apply, stream, logger: silentLogger, metrics: createMetrics('query') });
  /** Pushes events as the bus does. */
  const push = async (...events: object[]): Promise<void> => {
    await request(app)
      .post('/events')
      .send(events.length === 1 ? events[0] : events)
      .expect(200, { status: 'OK' });
  };
  return { app, store, stream, apply, push, file };
}

/** The whole read model, row by row: what a rebuilt one must equal to the byte. */
export function dumpOf(file: string): string {
  const raw = openRaw(file);
  const rows = ['posts', 'comments'].map((table) => raw.prepare(`SELECT * FROM ${table} ORDER BY id`).all());
  raw.close();
  return JSON.stringify(rows, undefined, 1);
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
