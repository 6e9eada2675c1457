import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { atomOf } from '../src/feeds/atom';
import { sitemapOf } from '../src/feeds/sitemap';
import { xmlText } from '../src/feeds/xml';
import { blog, noon, postCreated, startQuery } from './query-service';

const life = useTestLife();
const parser = new XMLParser({ ignoreAttributes: false, processEntities: true });

async function aBlog() {
  const query = startQuery(life);
  await query.push(
    postCreated('p1', { title: 'Tom & "Jerry" <b>', body: 'Hi **there**', tags: ['a&b'], createdAt: noon }),
    postCreated('p2/ä', { title: 'Später', createdAt: '2026-11-24T13:00:00.000Z' }),
  );
  return query;
}

describe('GET /feed.atom', () => {
  it('is an Atom feed with absolute links and the whole text of each post, newest first', async () => {
    const { text, headers } = await request((await aBlog()).app).get('/feed.atom');
    expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    expect(XMLValidator.validate(text)).toBe(true);
    const { feed } = parser.parse(text);
    expect(feed).toMatchObject({
      title: 'The Blog',
      id: 'https://blog.example/feed.atom',
      updated: '2026-11-24T13:00:00.000Z',
      author: { name: 'The Blog' },
    });
    expect(feed.entry).toMatchObject([
      {
        id: 'https://blog.example/posts/p2%2F%C3%A4',
        link: { '@_href': 'https://blog.example/posts/p2%2F%C3%A4/spater' },
      },
      {
        title: 'Tom & "Jerry" <b>',
        id: 'https://blog.example/posts/p1',
        published: noon,
        updated: noon,
        category: { '@_term': 'a&b' },
        link: { '@_href': 'https://blog.example/posts/p1/tom-jerry-b' },
        summary: 'Hi there',
        content: { '#text': '<p>Hi <strong>there</strong></p>', '@_type': 'html' },
      },
    ]);
  });

  it('is a feed of one tag where one is asked for', async () => {
    const { text } = await request((await aBlog()).app).get('/feed.atom?tag=a%26b');
    const { feed } = parser.parse(text);
    expect(feed).toMatchObject({
      title: 'The Blog: a&b',
      id: 'https://blog.example/feed.atom?tag=a%26b',
      entry: { id: 'https://blog.example/posts/p1' },
    });
  });

  it('is a feed of what is found where words are asked for, newest first, and of a tag among that', async () => {
    const { app, push } = await aBlog();
    await push(
      postCreated('old', { title: 'Jerry alone', createdAt: '2020-01-01T00:00:00Z', tags: ['x'] }),
      postCreated('new', { title: 'About Jerry, Jerry and Jerry', createdAt: '2026-12-01T00:00:00Z' }),
    );
    const { text } = await request(app).get('/feed.atom?q=jerry');
    const { feed } = parser.parse(text);
    expect(feed).toMatchObject({ title: 'The Blog: “jerry”', id: 'https://blog.example/feed.atom?q=jerry' });
    expect((feed.entry as { id: string }[]).map(({ id }) => id.split('/').at(-1))).toEqual(['new', 'p1', 'old']);

    const { body } = await request(app).get('/feed.json?q=jerry&tag=x');
    expect(body).toMatchObject({ title: 'The Blog: x, “jerry”', items: [{ title: 'Jerry alone' }] });
    expect((await request(app).get('/feed.json?q=%20')).body.items).toHaveLength(4);
    expect((await request(app).get('/feed.json?q=nothing')).body.items).toEqual([]);
    const refused = await request(app)
      .get(`/feed.atom?q=${'x'.repeat(201)}`)
      .expect(400);
    expect(refused.body.errors).toEqual([{ path: 'q', message: 'must be at most 200 characters' }]);
  });

  it('is valid, too, where there is nothing', async () => {
    const { text } = await request(startQuery(life).app).get('/feed.atom?tag=none');
    expect(XMLValidator.validate(text)).toBe(true);
    expect(parser.parse(text).feed.updated).toBe('1970-01-01T00:00:00.000Z');
  });

  it('holds the newest fifty', async () => {
    const { app, push } = startQuery(life);
    const ids = Array.from({ length: 60 }, (_, index) => `p${String(index).padStart(2, '0')}`);
    await push(...ids.map((id) => postCreated(id)));
    const { feed } = parser.parse((await request(app).get('/feed.atom')).text);
    expect((feed.entry as { title: string }[]).map(({ title }) => title)).toEqual(
      ids
        .slice(10)
        .reverse()
        .map((id) => `Title of ${id}`),
    );
  });

  it('says when a post was last changed, also to those who ask by time alone', async () => {
    const { app } = await aBlog();
    const { headers } = await request(app).get('/feed.atom');
    const modified = headers['last-modified'] ?? '';
    expect(modified).toBe('Tue, 24 Nov 2026 12:00:00 GMT');
    for (let n = 0; n < 2; n += 1) {
      expect((await request(app).get('/feed.atom').set('If-Modified-Since', modified)).status).toBe(304);
    }
  });
});

describe('a feed of posts with relative links and images', () => {
  it('has whole addresses in both formats', async () => {
    const query = startQuery(life);
    const body = '[up](../a?b&c "t") [same](#x) ![i](/i.png) [there](https://x.example/y) [mail](mailto:a@x.example)';
    await query.push(postCreated('p1', { title: 'One', body }));
    const json = await request(query.app).get('/feed.json');
    const [{ content_html: html }] = json.body.items as [{ content_html: string }];
    expect(html.match(/(?:href|src)="[^"]*"/g)).toEqual([
      'href="https://blog.example/posts/a?b&amp;c"',
      'href="https://blog.example/posts/p1/one#x"',
      'src="https://blog.example/i.png"',
      'href="https://x.example/y"',
      'href="mailto:a@x.example"',
    ]);
    const atom = await request(query.app).get('/feed.atom');
    expect(parser.parse(atom.text).feed.entry.content['#text']).toBe(html.trim());
  });
});

describe('GET /feed.json', () => {
  it('is a JSON feed with the same', async () => {
    const { body, headers } = await request((await aBlog()).app).get('/feed.json?tag=a%26b');
    expect(headers['content-type']).toBe('application/feed+json; charset=utf-8');
    expect(body).toEqual({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'The Blog: a&b',
      home_page_url: 'https://blog.example/',
      feed_url: 'https://blog.example/feed.json?tag=a%26b',
      items: [
        {
          id: 'https://blog.example/posts/p1',
          url: 'https://blog.example/posts/p1/tom-jerry-b',
          title: 'Tom & "Jerry" <b>',
          summary: 'Hi there',
          content_html: '<p>Hi <strong>there</strong></p>\n',
          date_published: noon,
          date_modified: noon,
          tags: ['a&b'],
        },
      ],
    });
  });
});

describe('GET /sitemap.xml', () => {
  it('lists the front page and every post', async () => {
    const { text, headers } = await request((await aBlog()).app).get('/sitemap.xml');
    expect(headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(parser.parse(text).urlset.url).toEqual([
      { loc: 'https://blog.example/' },
      { loc: 'https://blog.example/posts/p2%2F%C3%A4/spater', lastmod: '2026-11-24T13:00:00.000Z' },
      { loc: 'https://blog.example/posts/p1/tom-jerry-b', lastmod: noon },
    ]);
  });
});

describe('XML of any text', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 80 });

  it('holds only characters that XML may hold, and loses no other', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = xmlText(text);
        expect(escaped).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[<>"']/);
        expect(escaped.isWellFormed()).toBe(true);
        expect(escaped.includes(']]>')).toBe(false);
      }),
    );
    expect(xmlText('a\u0001b\tc\nd\re\ufffef👍\ud800')).toBe('ab\tc\nd&#13;ef👍');
  });

  it('makes valid documents', () => {
    fc.assert(
      fc.property(anyText, anyText, (title, html) => {
        const entry = {
          id: 'p1',
          title,
          html,
          excerpt: html,
          tags: [title],
          createdAt: noon,
          updatedAt: noon,
          version: 1,
        };
        const atom = atomOf({ publicUrl: blog.publicUrl, title, path: '/feed.atom', tag: title, posts: [entry] });
        expect(XMLValidator.validate(atom)).toBe(true);
        expect(XMLValidator.validate(sitemapOf(blog.publicUrl, [entry]))).toBe(true);
      }),
    );
  });
});
