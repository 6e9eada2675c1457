import { useTestLife } from '../../common/kit/test/test-life';
import { openTestSchema, type TestSchema } from '../../common/kit/test/postgres';
import { commentStoreContract } from './store.contract';
import { postgresPlace } from './store-place';

const life = useTestLife();
let schema: TestSchema;

beforeEach(async () => {
  // The first to be opened: it is closed last.
  schema = life.closing(await openTestSchema());
});

describe('Comments in PostgreSQL', () => {
  commentStoreContract(life, () => postgresPlace(schema));
});
