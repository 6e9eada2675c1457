import type { RequestListener, ServerResponse } from 'node:http';
import { startServer } from '@blog/kit';
import type { TestLife } from '../../common/kit/test/test-life';
import { startQuery } from './query-service';
import { openStream } from './stream-reader';

/** The query service over real HTTP, with the answers that it is writing. */
export async function serveQueryFor(life: TestLife) {
  const query = startQuery(life);
  const responses: ServerResponse[] = [];
  const listener: RequestListener = (req, res) => {
    responses.push(res);
    query.app(req, res);
  };
  const server = life.closing(await startServer(listener, { host: '127.0.0.1', port: 0 }));
  life.closing(query.stream);
  const open = async (search = '', headers: Record<string, string> = {}) =>
    life.closing(await openStream(`${server.url}/stream${search}`, headers));
  return { ...query, server, responses, open };
}
