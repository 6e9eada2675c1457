import { renderLimitedMarkdown, renderMarkdown } from '../../common/kit/src/markdown';
import { blocks, inline, lineStarts } from './html-constructs';
import { meaningOf } from './html-meaning';
import { useReaders } from './importing';

const { markdownOf } = useReaders();

/** Addresses that stand in a text become links when it is rendered. */
const bare = /https?:\/\/[^\s<>&"]+[\w)]|www\.[\w./]+|(?<![\w.])example\.org|[\w.]+@x\.example/g;

function expectSame(html: string, markdown: string, rendered: string) {
  const [given, shown] = [meaningOf(html), meaningOf(rendered)];
  const hasBare = bare.test(html.replace(/<[^>]*>/g, ''));
  bare.lastIndex = 0;
  const links = hasBare ? shown.links.filter((link) => given.links.includes(link)) : shown.links;
  expect({ html, markdown, ...shown, links }).toEqual({ html, markdown, ...given });
}

const contexts: [string, (html: string) => string][] = [
  ['a paragraph', (html) => `<p>${html}</p>`],
  ['loose text', (html) => `<p>before</p>${html}`],
  ['an item', (html) => `<ul><li>${html}</li><li>next</li></ul>`],
  ['a quote', (html) => `<blockquote><p>x ${html}</p></blockquote>`],
  ['a heading', (html) => `<h2>${html}</h2>`],
  ['a cell', (html) => `<table><tr><th>a</th><th>b</th></tr><tr><td>${html}</td><td>b</td></tr></table>`],
  ['emphasis', (html) => `<p>x <i>${html}</i> y</p>`],
];

describe('HTML as Markdown, and as HTML again', () => {
  const constructs = [
    ...inline.flatMap((html) => contexts.map(([where, inside]) => [where, inside(html)] as const)),
    ...lineStarts.flatMap((text) => contexts.slice(0, 6).map(([where, inside]) => [where, inside(text)] as const)),
    ...blocks.map((html) => ['itself', html] as const),
    ...blocks.map((html) => ['an item', `<ul><li>${html}</li></ul>`] as const),
  ];

  it('has a corpus of a size that means something', () => expect(constructs.length).toBeGreaterThan(600));

  it.each(constructs)('keeps text, links, tables, code and emphasis in %s: %s', async (_where, html) => {
    const { markdown } = await markdownOf(html);
    expectSame(html, markdown, renderMarkdown(markdown));
  });

  const ofComments = inline.filter((html) => !/<(?:img|ins|u|mark|kbd|table)\b/.test(html));
  it.each(ofComments)('keeps what comments show: %s', async (html) => {
    const { markdown } = await markdownOf(`<p>${html}</p>`, { isLimited: true });
    expectSame(html, markdown, renderLimitedMarkdown(markdown));
  });
});
