import { startServer } from '@blog/kit';
import request from 'supertest';
import { openRaw } from '../../common/kit/test/raw-database';
import type { TestLife } from '../../common/kit/test/test-life';
import { as, startPosts } from './posts-service';

const tables = ['posts', 'outbox', 'deleted_posts', 'idempotency_keys'];

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type Headers = Record<string, string>;

/** The posts service behind a socket, with one post, and an author who may do everything. */
export async function servePosts(life: TestLife) {
  const { app, file } = startPosts(life);
  const server = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
  const json: Headers = { 'Content-Type': 'application/json', 'If-Match': '*', ...(await as('author')) };
  /** All that is stored, as a text. */
  const stored = () => {
    const raw = openRaw(file);
    const rows = tables.map((table) => raw.prepare(`SELECT * FROM ${table}`).all());
    raw.close();
    return JSON.stringify(rows);
  };
  const send = (method: Method, path: string, body?: string | Buffer, headers: Headers = {}) => {
    const asked = request(server.url)
      [method](path)
      .set({ ...json, ...headers });
    // As it is: superagent would write some bodies anew.
    return body === undefined ? asked : asked.serialize((bytes: unknown) => bytes as string).send(body);
  };
  await send('post', '/posts', '{"title":"Hello"}');
  return { url: server.url, send, stored };
}
