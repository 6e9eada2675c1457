import { documentedRoutes, mountedRoutes } from '../../common/kit/test/documented-answers';
import { useTestLife } from '../../common/kit/test/test-life';
import { document } from '../src/openapi';
import { startModeration } from './moderation-service';

const life = useTestLife();

it('every route that is mounted is in the document, and no other', () => {
  expect(documentedRoutes(document)).toEqual(mountedRoutes(startModeration(life).mounted));
});
