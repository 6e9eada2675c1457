import { startServer } from '@blog/kit';
import { routesIn, standsAnyInput } from '../../common/kit/test/any-input';
import { rowsIn } from '../../common/kit/test/raw-database';
import { document } from '../src/openapi';
import { commentUpdated, postCreated, startQuery } from './query-service';

standsAnyInput({
  // A stream has no end; what it refuses is in live-stream.int.test.ts.
  routes: routesIn(document, { without: ['/stream'] }),
  schemas: document.components.schemas,
  ids: () => ['p1'],
  async serve(life) {
    const { app, push, file } = startQuery(life);
    await push(postCreated('p1', { tags: ['text'], body: 'A text' }), commentUpdated('c1'));
    const { url } = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
    return { url, headers: {}, stored: () => rowsIn(file) };
  },
});
