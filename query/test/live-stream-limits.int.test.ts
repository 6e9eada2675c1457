import { silentLogger, startServer } from '@blog/kit';
import { eventually } from '../../common/kit/test/eventually';
import { useTestLife } from '../../common/kit/test/test-life';
import { createLiveStream } from '../src/live-stream';
import { createApp } from '../src/app';
import { startQuery } from './query-service';
import { openStream } from './stream-reader';

const life = useTestLife();
const from = (address: string) => ({ 'X-Forwarded-For': address });

async function start() {
  const { deps } = startQuery(life);
  const stream = createLiveStream({ changes: deps.store.changes, logger: silentLogger, mostReaders: 6, mostOfOne: 2 });
  deps.metrics.clear();
  const server = life.closing(await startServer(createApp({ ...deps, stream }), { host: '127.0.0.1', port: 0 }));
  life.closing(stream);
  const open = async (headers: Record<string, string> = {}) =>
    life.closing(await openStream(`${server.url}/stream`, headers));
  const statusOf = async (headers?: Record<string, string>) => (await open(headers)).res.statusCode;
  return { open, statusOf };
}

describe('Live streams', () => {
  it('of one address are so many at most, and keep nobody else out', async () => {
    const { open, statusOf } = await start();
    const first = await open(from('203.0.113.5'));
    expect(await statusOf(from('203.0.113.5'))).toBe(200);
    const refused = await open(from('203.0.113.5'));
    expect([refused.res.statusCode, refused.res.headers['retry-after']]).toEqual([429, '30']);
    expect(await statusOf(from('203.0.113.6'))).toBe(200);
    first.close();
    await eventually(async () => expect(await statusOf(from('203.0.113.5'))).toBe(200));
  });

  it('count by network for IPv6, and for pages on this machine', async () => {
    const { statusOf } = await start();
    expect(await statusOf(from('2001:db8::1'))).toBe(200);
    expect(await statusOf(from('2001:db8::2'))).toBe(200);
    expect(await statusOf(from('2001:db8::3'))).toBe(429);
    const page = { Origin: 'http://localhost:3000' };
    expect([await statusOf(page), await statusOf(page), await statusOf(page)]).toEqual([200, 200, 429]);
  });

  it('of programs on this machine count in all only', async () => {
    const { statusOf } = await start();
    for (let n = 0; n < 6; n += 1) expect(await statusOf()).toBe(200);
    expect(await statusOf()).toBe(503);
    expect(await statusOf(from('203.0.113.5'))).toBe(503);
  });
});
