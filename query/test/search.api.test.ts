import { parseEvents } from '@blog/kit/state';
import fc from 'fast-check';
import request from 'supertest';
import { walkList } from '../../common/kit/test/list-walk';
import { useTestLife } from '../../common/kit/test/test-life';
import { listensTo } from '../src/event-handlers';
import { excerptHtml, searchExpression, textOf } from '../src/search-text';
import { postCreated, startQuery } from './query-service';

const life = useTestLife();

interface Found {
  excerptHtml: string;
}

async function aLibrary() {
  const query = startQuery(life);
  await query.push(
    postCreated('p1', { title: 'Events', body: 'Nothing else here.', tags: ['basics'] }),
    postCreated('p2', { title: 'Logs', body: 'A log holds **events** & facts <b>in order</b>.', tags: ['logs'] }),
    postCreated('p3', { title: 'Café culture', body: 'Crème brûlée für Gäste.', tags: ['food', 'events'] }),
  );
  const find = async (q: string, more: Record<string, string> = {}) => {
    const answer = await request(query.app)
      .get('/posts')
      .query({ q, ...more })
      .expect(200);
    return { ids: Object.keys(answer.body as object), total: answer.headers['total-count'], posts: answer.body };
  };
  return { ...query, find };
}

describe('GET /posts?q=', () => {
  it('finds words in titles, tags and texts, in this order of importance', async () => {
    const { find } = await aLibrary();
    expect(await find('events')).toMatchObject({ ids: ['p1', 'p3', 'p2'], total: '3' });
  });

  it('wants all words, and takes the last as the beginning of one', async () => {
    const { find } = await aLibrary();
    expect((await find('log eve')).ids).toEqual(['p2']);
    expect((await find('eve log')).ids).toEqual([]);
  });

  it.each(['cafe', 'CAFÉ', 'cafe\u0301', 'brulee', 'brûlée', 'gaste'])(
    'takes %s with or without its accents',
    async (q) => {
      expect((await (await aLibrary()).find(q)).ids).toEqual(['p3']);
    },
  );

  it('shows the words around what was found as HTML: marked, and all else escaped', async () => {
    const { posts } = await (await aLibrary()).find('events');
    expect((posts as Record<string, Found>)['p2']?.excerptHtml).toBe(
      'A log holds <mark>events</mark> &amp; facts &lt;b&gt;in order&lt;/b&gt;.',
    );
    expect((posts as Record<string, Found>)['p1']?.excerptHtml).toBe('Nothing else here.');
  });

  it('finds only those with a tag where one is asked for, too', async () => {
    const { find } = await aLibrary();
    expect(await find('events', { tag: 'logs' })).toMatchObject({ ids: ['p2'], total: '1' });
    expect(await find('events', { tag: 'none' })).toMatchObject({ ids: [], total: '0' });
  });

  it.each(['', '   '])('is the whole list where nothing is asked for: "%s"', async (q) => {
    expect((await (await aLibrary()).find(q)).ids).toEqual(['p1', 'p2', 'p3']);
  });

  it.each(['!!!', '"', '*', '—', '👍'])('finds nothing for %s, which holds no word', async (q) => {
    expect(await (await aLibrary()).find(q)).toMatchObject({ ids: [], total: '0' });
  });

  it('never takes what people type for syntax', async () => {
    const { app } = await aLibrary();
    const parts = [
      'NEAR(',
      'AND',
      'OR',
      'NOT',
      'title:',
      '"',
      "'",
      '*',
      '^',
      '+',
      '-',
      '(',
      ')',
      '{',
      ';',
      '\\',
      'events',
    ];
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((some) => some.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (q) => {
        const { status } = await request(app).get('/posts').query({ q });
        expect([200, 400]).toContain(status);
        expect(status === 400).toBe(q.includes('\0'));
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('walks every post once by its links, the best first, also at equal ranks', async () => {
    const { app, push } = startQuery(life);
    const ids = Array.from({ length: 9 }, (_, index) => `p${index}`);
    await push(...ids.map((id, index) => postCreated(id, { title: `Same ${index % 2 ? 'words' : 'words words'}` })));
    const pages = await walkList<Record<string, unknown>>(app, '/posts?q=words&limit=2');
    const walked = pages.flatMap((page) => Object.keys(page));
    expect(walked).toHaveLength(9);
    expect([...walked].sort()).toEqual(ids);
    expect(pages.map((page) => Object.keys(page).length)).toEqual([2, 2, 2, 2, 1]);
  });

  it('ranks the newest thousand of more, so that no search holds up the others', async () => {
    const { app, apply } = startQuery(life);
    const ids = Array.from({ length: 1_010 }, (_, index) => `p${String(index).padStart(4, '0')}`);
    await apply(
      parseEvents(
        ids.map((id) => postCreated(id)),
        listensTo,
      ),
    );
    const { headers } = await request(app).get('/posts?q=title&limit=1');
    expect(headers['total-count']).toBe('1000');
    const pages = await walkList<Record<string, unknown>>(app, '/posts?q=title');
    expect(pages.flatMap((page) => Object.keys(page))).toEqual(ids.slice(10).reverse());
  });

  it('takes no cursor of another list', async () => {
    const { app, push } = startQuery(life);
    await push(postCreated('p1'), postCreated('p2'));
    const { headers } = await request(app).get('/posts?limit=1');
    const cursor = /cursor=([^>]+)>/.exec(headers['link'] ?? '')?.[1];
    const { status, body } = await request(app).get(`/posts?q=title&cursor=${cursor}`);
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'cursor' });
  });
});

describe('GET /posts?tag=', () => {
  it('is the list of the posts with that tag, page by page', async () => {
    const { app, push } = startQuery(life);
    const ids = Array.from({ length: 9 }, (_, index) => `p${index}`);
    await push(...ids.map((id, index) => postCreated(id, { tags: index % 2 ? ['odd', 'odd'] : ['even'] })));
    const pages = await walkList<Record<string, unknown>>(app, '/posts?tag=odd&limit=3');
    expect(pages.map((page) => Object.keys(page))).toEqual([['p3', 'p5', 'p7'], ['p1']]);
    expect((await request(app).get('/posts?tag=odd')).headers['total-count']).toBe('4');
  });
});

describe('GET /tags', () => {
  it('counts the posts of each tag, the most used first, page by page', async () => {
    const { app, push } = startQuery(life);
    await push(postCreated('p1', { tags: ['b', 'a'] }), postCreated('p2', { tags: ['c', 'b'] }));
    const pages = await walkList<unknown[]>(app, '/tags?limit=2');
    expect(pages).toEqual([
      [
        { tag: 'b', count: 2 },
        { tag: 'a', count: 1 },
      ],
      [{ tag: 'c', count: 1 }],
    ]);
  });
});

describe('textOf', () => {
  it('keeps words together that only change their look, and parts those of different blocks', () => {
    expect(textOf('<p>un<em>believ</em>able</p>\n<p>it <a href="x">is</a></p>')).toBe('unbelievable it is');
  });

  it('gives the text of entities, and no character that could pass for a mark', () => {
    expect(textOf('<p>&lt;b&gt; &amp;lt; \u0002x\u0003</p>')).toBe('<b> &lt; x');
  });
});

describe('excerptHtml', () => {
  it('has no markup but its own, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(excerptHtml(text).replace(/<\/?mark>/g, '')).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('searchExpression', () => {
  it('quotes each word', () => {
    expect(searchExpression('C++ "AND" nót*')).toBe('"C" "AND" "nót"*');
  });

  it('takes the first sixteen words of many', () => {
    expect(searchExpression('w '.repeat(99))?.match(/"w"/g)).toHaveLength(16);
  });
});
