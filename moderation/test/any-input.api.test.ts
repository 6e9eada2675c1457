import { startServer } from '@blog/kit';
import { routesIn, standsAnyInput } from '../../common/kit/test/any-input';
import { rowsIn } from '../../common/kit/test/raw-database';
import { document } from '../src/openapi';
import { bearer, created, push, startModeration } from './moderation-service';

standsAnyInput({
  routes: routesIn(document),
  schemas: document.components.schemas,
  ids: () => ['c1'],
  async serve(life) {
    const { app, file } = startModeration(life);
    await push(app, created('c1'), created('p1', 'An orange'));
    const { url } = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
    return { url, headers: { Authorization: await bearer(), 'If-Match': '*' }, stored: () => rowsIn(file) };
  },
});
