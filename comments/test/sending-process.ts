/** A replica of the comments service that gets the same requests as the others at the same time. */
import { createAuth, createMetrics, newId, silentLogger } from '@blog/kit';
import request from 'supertest';
import { reportAndEnd, whenAllAreReady } from '../../common/kit/test/processes';
import { renderHere } from '../../common/kit/test/render-here';
import { createApp } from '../src/app';
import { openAt } from './store-place';

async function main(address: string, most: number, keys: string[]): Promise<void> {
  await whenAllAreReady();
  const now = () => new Date();
  const store = openAt(address, now);
  const app = createApp({
    store,
    renderer: renderHere,
    auth: createAuth({ keys: [], now }),
    limits: [{ most, ms: 60 * 60 * 1000 }],
    onCommit: () => undefined,
    newId,
    now,
    logger: silentLogger,
    metrics: createMetrics('comments'),
  });
  const post = () => request(app).post('/posts/p1/comments').send({ content: 'Nice' });

  const tokens: (string | undefined)[] = [];
  for (const key of keys) {
    await whenAllAreReady();
    const { headers } = await post().set('Idempotency-Key', key).expect(201);
    tokens.push(headers['comment-token']);
  }
  await whenAllAreReady();
  const statuses: number[] = [];
  while (statuses.length < most) statuses.push((await post().set('X-Forwarded-For', '203.0.113.5')).status);
  await store.close();
  reportAndEnd({ tokens, statuses });
}

const [address = '', most = '0', ...keys] = process.argv.slice(2);
void main(address, Number(most), keys);
