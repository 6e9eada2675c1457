import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => void (test = await setUpApp()));
afterEach(() => test.close());

const get = (path: string) => request(test.app).get(path).set('Accept', 'text/html');

describe('The front page', () => {
  it('lists the newest posts first, with excerpt, tags and comment count', async () => {
    const first = test.blog.addPost({ title: 'First' });
    test.blog.addPost({ title: 'Second', excerpt: 'words to begin with', tags: ['http'] });
    test.blog.addComment(first.id, { content: 'one' });
    const { text } = await get('/').expect(200).expect('Content-Type', /html/);
    expect(text.indexOf('Second')).toBeLessThan(text.indexOf('First'));
    expect(text).toContain('words to begin with');
    expect(text).toContain('<a href="/?tag=http" rel="tag">http</a>');
    expect(text).toContain('1 comment<');
    expect(text).toContain(`href="/posts/${first.id}/first"`);
  });

  it('says what to do where nothing has been written', async () => {
    const { text } = await get('/').expect(200);
    expect(text).toContain('Nothing has been written yet');
    expect(text).not.toContain('rel="next"');
  });

  it('leads to older posts by cursor, and from there to older ones still', async () => {
    for (let n = 1; n <= 45; n++) test.blog.addPost({ title: `Title ${n}.` });
    const newest = await get('/').expect(200);
    expect(newest.text).toContain('Title 45.');
    expect(newest.text).not.toContain('Title 25.');
    const older = await get(/href="(\/\?cursor=[^"]*)"/.exec(newest.text)?.[1] ?? '').expect(200);
    expect(older.text).toContain('Title 25.');
    const oldest = await get(/href="(\/\?cursor=[^"]*)"/.exec(older.text)?.[1] ?? '').expect(200);
    expect(oldest.text).toContain('Title 1.');
    expect(oldest.text).not.toContain('rel="next"');
  });

  it('stays useful while the list is away: 503, a word of it, and the form', async () => {
    await test.servers.query.close();
    const { text } = await get('/').expect(503).expect('Retry-After', /\d/);
    expect(text).toContain('The list of posts is away');
    expect(text).toContain('action="/posts"');
  });
});

describe('The page of a post', () => {
  it('shows the article, its comments and what other sites need to know', async () => {
    const post = test.blog.addPost({
      title: 'On Facts',
      html: '<p>An <em>article</em>.</p>',
      excerpt: 'An article.',
      tags: ['a'],
    });
    const comment = test.blog.addComment(post.id, { content: 'Well said.', author: 'Ines' });
    const { text } = await get(`/posts/${post.id}`).expect(200);
    expect(text).toContain('<p>An <em>article</em>.</p>');
    expect(text).toContain('Well said.');
    expect(text).toContain(`id="c-${comment.id}"`);
    expect(text).toContain(`<link rel="canonical" href="http://blog.example/posts/${post.id}/on-facts"/>`);
    expect(text).toContain('<meta property="og:title" content="On Facts"/>');
    expect(text).toContain('<meta property="og:description" content="An article."/>');
    expect(text).toMatch(/<time dateTime="[^"]+" title="[^"]+ UTC">November 14, 2023<\/time>/);
  });

  it('is the same without a slug; another slug leads to its own, as after a change of the title', async () => {
    const post = test.blog.addPost({ title: 'On Facts' });
    for (const path of ['', '/on-facts', '/comments']) {
      const { text } = await get(`/posts/${post.id}${path}`).expect(200);
      expect(text).toContain('<h1>On Facts</h1>');
    }
    const canonical = `/posts/${post.id}/on-facts`;
    // No browser may keep it for good: the title may be changed back.
    await get(`/posts/${post.id}/anything?comments=x`)
      .expect(301)
      .expect('Location', `${canonical}?comments=x`)
      .expect('Cache-Control', 'no-cache');
  });

  it('can be changed by authors', async () => {
    const post = test.blog.addPost({ title: 'T' });
    expect((await get(`/posts/${post.id}`)).text).not.toContain('Edit post');
    const cookie = await test.signIn('author');
    const { text } = await get(`/posts/${post.id}`).set('Cookie', cookie).expect(200);
    expect(text).toContain(`href="/write/${post.id}"`);
  });

  it('shows text as text, wherever it was typed', async () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const post = test.blog.addPost({ title: evil, excerpt: evil, tags: [evil] });
    test.blog.addComment(post.id, { content: evil, author: evil });
    for (const path of ['/', `/posts/${post.id}`]) {
      const { text } = await get(path).expect(200);
      expect(text).not.toContain('<img');
      expect(text).toContain('&lt;/script&gt;');
    }
  });

  it("hides others' comments that aren't approved, in the HTML and in the data beside it", async () => {
    const post = test.blog.addPost({ title: 'T' });
    test.blog.addComment(post.id, { content: 'secret words', author: 'Shy', status: 'pending' });
    test.blog.addComment(post.id, { content: 'secret words', author: 'Shy', status: 'rejected' });
    for (const source of ['the read model', 'the services themselves']) {
      if (source !== 'the read model') test.blog.notInQuery.add(post.id);
      const { text } = await get(`/posts/${post.id}`).expect(200);
      expect(text).not.toMatch(/secret words|Shy/);
      expect(text).toContain('No comments yet');
    }
  });

  it('is read where it was written, while the read model does not have it yet', async () => {
    const post = test.blog.addPost({ title: 'Brand new', html: '<p>fresh</p>' });
    test.blog.addComment(post.id, { content: 'the first' });
    test.blog.notInQuery.add(post.id);
    const { text } = await get(`/posts/${post.id}`).expect(200);
    expect(text).toContain('<p>fresh</p>');
    expect(text).toContain('the first');
    expect(text).toContain('Just published');
  });

  it('is read where it was written, while the read model is away', async () => {
    const post = test.blog.addPost({ title: 'Still here' });
    await test.servers.query.close();
    const { text } = await get(`/posts/${post.id}`).expect(200);
    expect(text).toContain('Still here');
    expect(text).not.toContain('Just published');
  });

  it('can be read while the comments service is away', async () => {
    const post = test.blog.addPost({ title: 'Alone' });
    test.blog.addComment(post.id, { content: 'from the read model' });
    await test.servers.comments.close();
    const { text } = await get(`/posts/${post.id}`).set('Cookie', 'comment_tokens=t').expect(200);
    expect(text).toContain('from the read model');
  });
});

describe('Errors', () => {
  it('are pages for readers, with the id under which the log has them', async () => {
    const answer = await get('/posts/unknown').set('X-Request-Id', 'abc-1').expect(404).expect('Content-Type', /html/);
    expect(answer.text).toContain('There is nothing here');
    expect(answer.text).toContain('<code>abc-1</code>');
    await get('/no/such/page').expect(404).expect('Content-Type', /html/);
  });

  it('are problem+json for programs', async () => {
    const answer = await request(test.app).get('/posts/unknown').set('Accept', 'application/json').expect(404);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 404, requestId: answer.headers['x-request-id'] });
  });

  it('are 503 with a way to try again where nobody can tell whether there is such a post', async () => {
    await test.servers.query.close();
    await test.servers.posts.close();
    const { text } = await get('/posts/some?x=1').expect(503);
    expect(text).toContain('Back in a moment');
    expect(text).toContain('href="/posts/some?x=1"');
  });

  it('are 502 where a service answers something else than agreed', async () => {
    test.blog.posts.set('odd', { id: 'odd', title: 7 } as never);
    await get('/posts/odd').expect(502);
  });

  it('name the methods that a page takes', async () => {
    await request(test.app).put('/').expect(405).expect('Allow', /GET/);
  });
});

describe('A post that a classic service published without a title', () => {
  it('is called Untitled on its page and in the list, and its comments without a text are shown', async () => {
    const post = test.blog.addPost({ title: ' ' });
    test.blog.addComment(post.id, { content: undefined, status: undefined } as never);
    test.blog.posts.set('bare', { ...post, id: 'bare', title: undefined } as never);
    const heading = '<h1>Untitled</h1>';
    expect((await get(`/posts/${post.id}`).expect(200)).text).toContain(heading);
    expect((await get('/posts/bare').expect(200)).text).toContain(heading);
    expect((await get('/').expect(200)).text).toMatch(/<a href="[^"]*"[^>]*>Untitled<\/a>/);
  });
});

describe('Every page', () => {
  it('allows no inline script or style, and has none', async () => {
    const post = test.blog.addPost({ title: 'T' });
    test.blog.addComment(post.id, { content: 'c' });
    for (const path of ['/', `/posts/${post.id}`, '/nowhere']) {
      const { text, headers } = await get(path);
      expect(headers['content-security-policy']).toContain("script-src 'self';style-src 'self';");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      for (const [element] of text.matchAll(/<script[^>]*>/g))
        expect(element).toMatch(/ src="| type="application\/json"/);
      expect(text).not.toMatch(/<style| style="| on\w+="/);
    }
  });

  it('is kept by nobody on the way, for it depends on cookies', async () => {
    await get('/')
      .expect('Cache-Control', 'private, no-cache')
      .expect('Vary', /Cookie/);
  });

  it('comes in the colours that the reader has chosen', async () => {
    expect((await get('/')).text).toContain('data-theme="auto"');
    expect((await get('/').set('Cookie', 'a=b; theme=dark')).text).toContain('<html lang="en" data-theme="dark">');
    expect((await get('/').set('Cookie', 'theme="><script>')).text).toContain('data-theme="auto"');
  });
});
