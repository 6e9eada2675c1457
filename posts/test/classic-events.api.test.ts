import fc from 'fast-check';
import request from 'supertest';
import { classicEvent } from '../../common/contract/test/classic-facts';
import { useTestLife } from '../../common/kit/test/test-life';
import { startPosts } from './posts-service';

const life = useTestLife();

describe('Events of classic services', () => {
  it('are taken by the posts service, which listens to none', async () => {
    const { app } = startPosts(life);
    await fc.assert(
      fc.asyncProperty(
        classicEvent,
        async (event) => void (await request(app).post('/events').send(event).expect(200)),
      ),
      { numRuns: 50 },
    );
  }, 60_000);
});
