import { routesIn, standsAnyInput } from '../../common/kit/test/any-input';
import { document } from '../src/openapi';
import { as } from './posts-service';
import { servePosts } from './served-posts';

standsAnyInput({
  routes: routesIn(document),
  schemas: document.components.schemas,
  ids: () => ['p1'],
  async serve(life) {
    const { url, stored } = await servePosts(life);
    return { url, headers: { 'If-Match': '*', ...(await as('author')) }, stored };
  },
});
