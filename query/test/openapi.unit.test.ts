import { createMetrics, createRequestTracker } from '@blog/kit';
import { documentedRoutes, mountedRoutes } from '../../common/kit/test/documented-answers';
import { useTestLife } from '../../common/kit/test/test-life';
import { createRoutes } from '../src/app';
import { document } from '../src/openapi';
import { startQuery } from './query-service';

const life = useTestLife();

it('every route that is mounted is in the document, and no other', () => {
  const deps = { ...startQuery(life).deps, metrics: createMetrics('query') };
  expect(documentedRoutes(document)).toEqual(mountedRoutes(createRoutes(deps, createRequestTracker(deps))));
});
