import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { limitPosts } from '../src/posting-limits';
import { as, startPosts } from './posts-service';

const life = useTestLife();
const page = { Origin: 'http://127.0.0.1:3000' };
const from = (address: string) => ({ 'X-Forwarded-For': address });

function start(most = { POSTS_PER_MINUTE: 3, POSTS_PER_HOUR: 5 }) {
  const clock = { ms: 0 };
  const { app, store } = startPosts(life, { limit: limitPosts(most, () => clock.ms) });
  const post = (headers: Record<string, string> = {}, json: object = { title: 'One more' }, path = '/posts') =>
    request(app).post(path).set(headers).send(json);
  const statuses = async (times: number, headers?: Record<string, string>): Promise<number[]> => {
    const all: number[] = [];
    while (all.length < times) all.push((await post(headers)).status);
    return all;
  };
  return { clock, store, post, statuses };
}

describe('Publishing posts', () => {
  it('is limited for an address, and goes on after a while', async () => {
    const { clock, post, statuses } = start();
    expect(await statuses(4, from('203.0.113.5'))).toEqual([201, 201, 201, 429]);
    const { headers, body } = await post(from('203.0.113.5'));
    expect(headers['retry-after']).toBe('20');
    expect(body).toMatchObject({ status: 429, detail: 'Too many posts came from your address.' });
    expect(await statuses(1, from('203.0.113.6'))).toEqual([201]);
    clock.ms = 20_000;
    expect(await statuses(2, from('203.0.113.5'))).toEqual([201, 429]);
  });

  it('is limited for a network of IPv6, whatever address in it is used', async () => {
    const { statuses } = start();
    expect(await statuses(3, from('2001:db8:1:2::1'))).toEqual([201, 201, 201]);
    expect(await statuses(1, from('[2001:db8:1:2:ffff::9]:4711'))).toEqual([429]);
  });

  it('is not limited for programs on this machine, but for pages in its browser', async () => {
    const { statuses } = start();
    expect(await statuses(10)).toEqual(Array(10).fill(201));
    expect(await statuses(4, page)).toEqual([201, 201, 201, 429]);
    expect(await statuses(10)).toEqual(Array(10).fill(201));
  });

  it('is not limited for authors, and what is refused for its content does not count', async () => {
    const { post, statuses } = start();
    const author = { ...(await as('author')), ...from('203.0.113.5') };
    expect(await statuses(10, author)).toEqual(Array(10).fill(201));
    for (let n = 0; n < 10; n += 1) expect((await post(from('203.0.113.5'), {})).status).toBe(400);
    expect(await statuses(3, from('203.0.113.5'))).toEqual([201, 201, 201]);
    expect((await post(from('203.0.113.5'), { title: 'One more' }, '/posts/create')).status).toBe(429);
    expect((await post({ ...from('203.0.113.5'), Authorization: 'Bearer forged' })).status).toBe(429);
  });

  it('stores nothing of what is refused', async () => {
    const { store, statuses } = start();
    await statuses(9, page);
    expect((await store.page(100, { before: undefined, drafts: false })).items).toHaveLength(3);
  });

  it('has no limit where the setting is 0', async () => {
    const { statuses } = start({ POSTS_PER_MINUTE: 0, POSTS_PER_HOUR: 0 });
    expect(await statuses(8, page)).toEqual(Array(8).fill(201));
  });
});
