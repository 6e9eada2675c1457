import { createMetrics, silentLogger } from '@blog/kit';
import type { Express } from 'express';
import request from 'supertest';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { openCommentStore } from '../src/store';

export const noon = '2026-11-24T12:00:00.000Z';

/** The comments service on a database of the test, with the ids `c1`, `c2` … and a clock that stands still. */
export function startComments(life: TestLife) {
  const file = life.file('comments.db');
  const now = () => new Date(noon);
  const store = life.closing(openCommentStore({ file, now }));
  const commits: string[] = [];
  let made = 0;
  const app = createApp({
    store,
    onCommit: () => void commits.push('commit'),
    newId: () => `c${(made += 1)}`,
    now,
    logger: silentLogger,
    metrics: createMetrics('comments'),
  });
  return { app, store, file, commits };
}

/** Writes a comment through the route; gives the token that proves it. */
export async function write(app: Express, content: string, path = '/posts/p1/comments'): Promise<string> {
  const { headers } = await request(app).post(path).send({ content }).expect(201);
  return headers['comment-token'] ?? '';
}

/** The comments of a post as somebody with these tokens sees them. */
export async function read(app: Express, tokens = '', path = '/posts/p1/comments') {
  const { body } = await request(app).get(path).set('Comment-Token', tokens).expect(200);
  return body as Record<string, unknown>[];
}

export function verdict(id: string, data: { status?: string; revision?: number; reason?: string } = {}) {
  return {
    type: 'CommentModerated',
    id: `e-${id}`,
    data: { id, content: 'x', postId: 'p1', status: 'approved', ...data },
  };
}

/** Pushes events as the bus does. */
export async function push(app: Express, ...events: object[]): Promise<void> {
  await request(app)
    .post('/events')
    .send(events.length === 1 ? events[0] : events)
    .expect(200, { status: 'OK' });
}
