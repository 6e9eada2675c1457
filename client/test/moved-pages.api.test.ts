import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => void (test = await setUpApp()));
afterEach(() => test.close());

const get = (path: string) => request(test.app).get(path).set('Accept', 'text/html');

describe('An address that a post had elsewhere', () => {
  it.each(['/2016/05/hello/', '/posts/hello/', '/gr%C3%BC%C3%9Fe.html'])(
    'leads to the post for good: %s',
    async (path) => {
      const post = test.blog.addPost({ title: 'Hello there', formerPath: path });
      await get(path).expect(301).expect('Location', `/posts/${post.id}/hello-there`);
      await request(test.app).head(path).expect(301);
      await get('/2016/05/other/').expect(404);
    },
  );

  it('leads nowhere where a post here has that address, and for programs and writes', async () => {
    const post = test.blog.addPost({ id: 'here', title: 'Here' });
    test.blog.addPost({ title: 'Elsewhere', formerPath: '/posts/here' });
    test.blog.addPost({ title: 'Elsewhere', formerPath: '/api/x' });
    await get(`/posts/${post.id}`).expect(200);
    await get('/api/x').expect(404);
    await request(test.app).post('/old').expect(404);
    expect(test.blog.seen.filter(({ url }) => url.startsWith('/moved'))).toEqual([]);
  });

  it('is as unknown as any while the read model is away', async () => {
    await test.servers.query.close();
    await get('/2016/05/hello/').expect(404);
  });
});
