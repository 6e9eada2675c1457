import { dirname } from 'node:path';
import { createAuth, createMetrics, type Role, silentLogger } from '@blog/kit';
import type { Express } from 'express';
import request from 'supertest';
import { renderHere } from '../../common/kit/test/render-here';
import { withDocumentedAnswers } from '../../common/kit/test/documented-answers';
import { testKeys, tokenOf } from '../../common/kit/test/test-keys';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { document } from '../src/openapi';
import type { SendingLimit } from '../src/transaction';
import { openAt } from './store-place';

export const noon = '2026-11-24T12:00:00.000Z';

interface ServiceOptions {
  limits?: SendingLimit[];
  hasAuth?: boolean;
  /** Makes ids; by default `c1`, `c2` … */
  newId?: () => string;
  /** Where the comments are; a file of the test unless it is said. */
  address?: string;
}

/** The ids `c1`, `c2` … */
function countingIds(): () => string {
  let made = 0;
  return () => `c${(made += 1)}`;
}

/** The comments service on a database of the test, with a clock that stands still. Several share the database. */
export function startComments(
  life: TestLife,
  { limits = [], hasAuth = true, newId = countingIds(), address }: ServiceOptions = {},
) {
  const file = life.file('comments.db');
  let time = Date.parse(noon);
  const now = () => new Date(time);
  const store = life.closing(openAt(address ?? dirname(file), now));
  const commits: string[] = [];
  const app = createApp({
    store,
    auth: createAuth({ keys: hasAuth ? testKeys : [], now }),
    renderer: renderHere,
    limits,
    onCommit: () => void commits.push('commit'),
    newId,
    now,
    logger: silentLogger,
    metrics: createMetrics('comments'),
  });
  return {
    app: withDocumentedAnswers(app, { document, life }),
    mounted: app,
    store,
    file,
    commits,
    /** Sets the clock forward. */
    pass: (seconds: number) => void (time += seconds * 1000),
    bearer: async (...roles: Role[]) => `Bearer ${await tokenOf({ name: 'mo', roles }, now())}`,
  };
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

interface VerdictParts {
  status?: string;
  revision?: number;
  reason?: string;
  content?: string;
  commentVersion?: number;
}

/** A verdict on the first version of a comment, unless another one is said. */
export function verdict(id: string, parts: VerdictParts = {}) {
  const data = { id, content: 'x', postId: 'p1', status: 'approved', commentVersion: 1, ...parts };
  return { type: 'CommentModerated', id: `e-${id}`, data };
}

/** A verdict of classic moderation, which knows nothing of revisions and versions. */
export function classicVerdict(id: string, { status = 'approved', content = 'Nice' } = {}) {
  return verdict(id, { status, content, commentVersion: undefined });
}

/** Pushes events as the bus does. */
export async function push(app: Express, ...events: object[]): Promise<void> {
  await request(app)
    .post('/events')
    .send(events.length === 1 ? events[0] : events)
    .expect(200, { status: 'OK' });
}
