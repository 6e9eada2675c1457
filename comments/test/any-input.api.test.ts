import { startServer } from '@blog/kit';
import { routesIn, standsAnyInput } from '../../common/kit/test/any-input';
import { rowsIn } from '../../common/kit/test/raw-database';
import { document } from '../src/openapi';
import { push, startComments, verdict, write } from './comments-service';

standsAnyInput({
  routes: routesIn(document),
  schemas: document.components.schemas,
  ids: () => ['p1', 'c1', 'gone'],
  async serve(life) {
    const { app, file, bearer } = startComments(life);
    const token = await write(app, 'Nice');
    await push(app, verdict('c1'), { type: 'PostDeleted', data: { id: 'gone' } });
    const { url } = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
    const headers = { Authorization: await bearer('moderator'), 'Comment-Token': token };
    return { url, headers, stored: () => rowsIn(file) };
  },
});
