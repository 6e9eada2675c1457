import { createAuth, createMetrics, type Role, silentLogger } from '@blog/kit';
import type { Express } from 'express';
import request from 'supertest';
import { withDocumentedAnswers } from '../../common/kit/test/documented-answers';
import { testKeys, tokenOf } from '../../common/kit/test/test-keys';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { document } from '../src/openapi';
import type { RuleSet } from '../src/rules/rule-set';
import { openModerationStore } from '../src/store';

export const noon = '2026-11-24T12:00:00.000Z';

/** The moderation service on a database of the test, with the default rules and a clock that stands still. */
export function startModeration(life: TestLife, { file = life.file('moderation.db'), keys = testKeys } = {}) {
  const now = () => new Date(noon);
  const store = life.closing(openModerationStore({ file, now }));
  const commits: string[] = [];
  const app = createApp({
    store,
    auth: createAuth({ keys, now }),
    now,
    onCommit: () => void commits.push('commit'),
    logger: silentLogger,
    metrics: createMetrics('moderation'),
  });
  return { app: withDocumentedAnswers(app, { document, life }), mounted: app, store, file, commits };
}

/** The header of somebody with these roles. */
export async function bearer(name = 'ana', roles: Role[] = ['moderator']): Promise<string> {
  return `Bearer ${await tokenOf({ name, roles }, new Date(noon))}`;
}

type Method = 'get' | 'post' | 'put' | 'delete';

/** Asks as a moderator. */
export async function ask(
  app: Express,
  route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`,
  { body, by = 'ana', headers = {} }: { body?: unknown; by?: string; headers?: Record<string, string> } = {},
): Promise<request.Response> {
  const [method = '', path = ''] = route.split(' ');
  const sent = request(app)
    [method.toLowerCase() as Method](path)
    .set('Authorization', await bearer(by))
    .set(headers);
  return body === undefined ? sent : sent.send(body as object);
}

/** Puts rules in force, whatever was there. */
export async function putRules(app: Express, rules: unknown[], more: Partial<RuleSet> = {}): Promise<void> {
  const answer = await ask(app, 'PUT /rules', { body: { ...more, rules }, headers: { 'If-Match': '*' } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

/** Pushes events as the bus does. */
export async function push(app: Express, ...events: object[]): Promise<void> {
  await request(app).post('/events').send(events).expect(200, { status: 'OK' });
}

/** A comment as the comments service tells of it. */
export function comment(id: string, content = 'Nice', more: Record<string, unknown> = {}) {
  return { id, content, postId: 'p1', status: 'pending', author: 'Reader', createdAt: noon, version: 1, ...more };
}

let made = 0;
export const event = (type: string, data: object) => ({ type, id: `e-${(made += 1)}`, data });
export const created = (...of: Parameters<typeof comment>) => event('CommentCreated', comment(...of));
export const updated = (...of: Parameters<typeof comment>) => event('CommentUpdated', comment(...of));

/** A comment as a classic service tells of it. */
export function classic(id: string, content = 'Nice') {
  return { type: 'CommentCreated', id: `e-${id}`, data: { id, content, postId: 'p1', status: 'pending' } };
}

/** The ids in a tab of the queue. */
export async function idsIn(app: Express, query: string): Promise<string[]> {
  const { status, body } = await ask(app, `GET /queue?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.items as { id: string }[]).map(({ id }) => id);
}
