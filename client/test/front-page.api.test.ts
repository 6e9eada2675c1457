import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
afterEach(() => test.close());

const get = (path: string, cookie = '') => request(test.app).get(path).set({ Accept: 'text/html', Cookie: cookie });
const body = async (path: string): Promise<string> => (await get(path).expect(200)).text;

describe('Searching', () => {
  beforeEach(async () => {
    test = await setUpApp();
    test.blog.addPost({ title: 'Owls at night', body: 'They see.', excerpt: 'Owls see <b>.', tags: ['birds', 'c++'] });
    test.blog.addPost({ title: 'Outbox', body: 'Rows.', tags: ['patterns'] });
  });

  it('shows what was found, how much, and marks the words', async () => {
    const text = await body('/?q=owls');
    expect(text).toContain('<mark>Owls</mark> at night');
    expect(text).toContain('<mark>Owls</mark> see &lt;b&gt;.');
    expect(text).toContain('1 post<');
    expect(text).not.toContain('Outbox');
    expect(text).toContain('value="owls"');
    expect(text).toContain('<meta name="robots" content="noindex"/>');
  });

  it('shows the place that the read model has found, where it tells one', async () => {
    const post = test.blog.addPost({ title: 'Found', body: 'deep' });
    Object.assign(post, { excerptHtml: '… so <mark>deep</mark> &lt;down&gt; …' });
    expect(await body('/?q=deep')).toContain('… so <mark>deep</mark> &lt;down&gt; …');
  });

  it('keeps the order of the read model, which is the best first', async () => {
    test.blog.addPost({ title: 'Better', body: 'outbox' });
    const text = await body('/?q=outbox');
    // The fake gives the oldest first.
    expect(text.indexOf('>Better<')).toBeGreaterThan(text.indexOf('Outbox</mark>'));
  });

  it('says why there is nothing, and what next', async () => {
    const text = await body('/?q=%22zebra%22+%3Cb%3E');
    expect(text).toContain('No post has “&quot;zebra&quot; &lt;b&gt;” in it.');
    expect(text).toContain('try fewer words');
    expect(text).toContain('All posts');
  });

  it('by tag lists the posts that have it, and names their feeds', async () => {
    const text = await body('/?tag=c%2B%2B');
    expect(text).toContain('Posts tagged c++');
    expect(text).toContain('Owls at night');
    expect(text).not.toContain('Outbox');
    expect(text).toContain('type="application/atom+xml" title="Posts tagged c++" href="/feed.atom?tag=c%2B%2B"');
    expect(text).toContain('<link rel="canonical" href="http://blog.example/?tag=c%2B%2B"/>');
    expect(text).toContain('<input type="hidden" name="tag" value="c++"/>');
    expect(await body('/?tag=none')).toContain('No post is tagged “none”.');
  });

  it('goes on by cursor within what was asked for', async () => {
    for (let n = 0; n < 25; n++) test.blog.addPost({ title: `Finch ${n}`, tags: ['birds'] });
    const text = await body('/?q=finch&tag=birds');
    expect(text).toContain('25 posts');
    const more = /href="(\/\?q=finch&amp;tag=birds&amp;cursor=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(await body(more)).toContain('<mark>Finch</mark>');
  });

  it('is forgiving: nothing asked for is the list, twice asked for is nothing asked for', async () => {
    for (const path of ['/?q=', '/?q=%20&tag=', '/?q=a&q=b']) expect(await body(path)).toContain('Latest posts');
  });
});

describe('Where only authors write', () => {
  beforeEach(async () => void (test = await setUpApp({ writers: 'authors' })));

  it('the form is shown to them, and to nobody else', async () => {
    expect(await body('/')).not.toContain('action="/posts"');
    expect((await get('/', await test.signIn('moderator'))).text).not.toContain('action="/posts"');
    expect((await get('/', await test.signIn('author'))).text).toContain('action="/posts"');
  });

  it('nothing that was typed is lost when it is refused', async () => {
    test.blog.broken.set('posts', 403);
    const form = request(test.app).post('/posts').type('form').set('Accept', 'text/html');
    const { text } = await form.send({ title: 'Typed long' }).expect(403);
    expect(text).toContain('value="Typed long"');
  });
});

describe('For programs', () => {
  beforeEach(async () => void (test = await setUpApp()));

  it('feeds come from the read model, and what they are asked with goes there', async () => {
    const answer = await request(test.app).get('/feed.atom?tag=a').expect(200).expect('Content-Type', /atom/);
    expect(answer.text ?? String(answer.body)).toContain('All posts a');
    const again = request(test.app).get('/feed.atom?tag=a').set('If-None-Match', String(answer.headers['etag']));
    await again.expect(304);
    await request(test.app).get('/feed.json').expect(404);
    await test.servers.query.close();
    await request(test.app).get('/feed.atom').expect(503);
  });

  it('robots.txt names the sitemap and closes what forms ask for', async () => {
    const { text } = await request(test.app)
      .get('/robots.txt')
      .expect(200)
      .expect('Content-Type', /text\/plain/);
    expect(text).toContain('Sitemap: http://blog.example/sitemap.xml');
    expect(text).toContain('Disallow: /api/');
  });

  it('a page that has not changed is answered with 304, whatever key its forms would have had', async () => {
    const post = test.blog.addPost({ title: 'T' });
    for (const path of ['/', `/posts/${post.id}`]) {
      const { headers } = await get(path).expect(200);
      await get(path).set('If-None-Match', String(headers['etag'])).expect(304);
    }
    const { headers } = await get(`/posts/${post.id}`);
    test.blog.addComment(post.id, { content: '"key":"x"' });
    await get(`/posts/${post.id}`).set('If-None-Match', String(headers['etag'])).expect(200);
  });

  it('Markdown is previewed as it will be rendered', async () => {
    const preview = (json: object) => request(test.app).post('/preview').send(json);
    expect((await preview({ kind: 'comment', markdown: '# *a* <script>' }).expect(200)).body).toEqual({
      html: '<p># <em>a</em> &lt;script&gt;</p>\n',
    });
    const author = await test.signIn('author');
    const post = await preview({ kind: 'post', markdown: '# a' }).set('Cookie', author).expect(200);
    expect(post.body).toEqual({ html: '<h2>a</h2>\n' });
    await preview({ kind: 'comment', markdown: 'a'.repeat(10_001) }).expect(400);
    await preview({ kind: 'poem', markdown: 'a' }).expect(400);
    await preview({ kind: 'post', markdown: 'a' }).set('Origin', 'http://evil.example').expect(403);
  });

  it('a post is previewed for authors only', async () => {
    const preview = (cookie: string) =>
      request(test.app).post('/preview').set('Accept', 'application/json').set('Cookie', cookie);
    await preview('').send({ kind: 'post', markdown: 'a' }).expect(401);
    await preview(await test.signIn('moderator'))
      .send({ kind: 'post', markdown: 'a' })
      .expect(403);
    await preview('').send({ kind: 'comment', markdown: 'a' }).expect(200);
  });

  it('a preview says why it shows a text as it was typed', async () => {
    const preview = await request(test.app)
      .post('/preview')
      .send({ kind: 'comment', markdown: '> '.repeat(200) });
    expect(preview.body).toMatchObject({ note: expect.stringMatching(/nested too deeply/) as unknown });
    expect((preview.body as { html: string }).html).toMatch(/^<p>(&gt; )+/);
  });

  it('an address gets so many previews a minute, and is told when to go on', async () => {
    const preview = () =>
      request(test.app).post('/preview').set('Accept', 'application/json').send({ kind: 'comment', markdown: 'a' });
    for (let n = 0; n < 120; n++) await preview().expect(200);
    const { body } = await preview().expect(429).expect('Retry-After', '60');
    expect(body).toMatchObject({ status: 429, detail: 'Too many previews. Wait a minute.' });
  });

  it('every page says what the blog is called', async () => {
    const named = await setUpApp({ blogName: 'Tea & Talk', embedOrigins: ['https://shop.example'] });
    const { id } = named.blog.addPost({ title: 'T' });
    const titles = {
      '/': '<title>Tea &amp; Talk<',
      [`/posts/${id}`]: '<title>T · Tea &amp; Talk<',
      [`/embed/${id}`]: '',
    };
    for (const [path, title] of Object.entries(titles)) {
      const { text } = await request(named.app).get(path).set('Accept', 'text/html').redirects(1).expect(200);
      expect(text).toContain(title);
      expect(text).toContain('Tea &amp; Talk');
      expect(text).not.toContain('Microservices Blog');
    }
    await named.close();
  });
});
