import { parseEvents } from '@blog/kit/state';
import fc from 'fast-check';
import { useTestLife } from '../../common/kit/test/test-life';
import { listensTo } from '../src/event-handlers';
import {
  commentCreated,
  commentDeleted,
  commentUpdated,
  dumpOf,
  postCreated,
  postDeleted,
  postUpdated,
  startQuery,
} from './query-service';

const life = useTestLife();

const postId = fc.constantFrom('p1', 'p2');
const commentId = fc.constantFrom('c1', 'c2', 'c3');
const version = fc.integer({ min: 1, max: 4 });
const parts = fc.record({ postId, status: fc.constantFrom('pending', 'approved', 'rejected'), version });

const event = fc.oneof(
  fc.tuple(commentId, parts).map(([id, data]) => commentCreated(id, data)),
  fc.tuple(commentId, parts).map(([id, data]) => commentUpdated(id, data)),
  fc.tuple(postId, version).map(([id, number]) => postCreated(id, { version: number, tags: [`t${number}`] })),
  fc.tuple(postId, version).map(([id, number]) => postUpdated(id, { version: number, tags: ['t'] })),
  fc.tuple(commentId, postId).map(([id, of]) => commentDeleted(id, { postId: of })),
  postId.map((id) => postDeleted(id)),
);

it('leaves the same, whether events come in one transaction or in one each', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
      run += 1;
      const [together, apart] = [startQuery(life, `together-${run}.db`), startQuery(life, `apart-${run}.db`)];
      await together.apply(parseEvents(events, listensTo));
      for (const one of events) await apart.apply(parseEvents(one, listensTo));
      expect(dumpOf(together.file)).toBe(dumpOf(apart.file));
      for (const id of ['p1', 'p2']) expect(together.store.find(id, 100)).toEqual(apart.store.find(id, 100));
    }),
    { numRuns: 60 },
  );
}, 60_000);
