import { createDocument } from '@mixmark-io/domino';

const names: Record<string, string> = {
  ...{ b: 'strong', dt: 'strong', summary: 'strong', i: 'em', cite: 'em', var: 'em', dfn: 'em' },
  ...{ strike: 's', del: 's', tt: 'code', samp: 'code' },
};
const emphases = ['strong', 'em', 's', 'code', 'sup', 'sub', 'ins', 'mark', 'kbd', 'u'];

/** Text as a reader compares it: no space, and quotes as they are typed. */
const plain = (text: string | null) => (text ?? '').replace(/\s/g, '').replace(/[“”]/g, '"').replace(/[‘’]/g, "'");

/** The cells of a table that is one: with columns, and with no table in it. */
function cellsOf(table: Element): string[] {
  const rows = Array.from(table.querySelectorAll('tr')).map((row) => Array.from(row.querySelectorAll('td, th')));
  const isTable = rows.some((row) => row.length > 1) && table.querySelector('table') === null;
  return isTable ? rows.flat().map((cell) => plain(cell.textContent)).filter(Boolean) : []; // prettier-ignore
}

/** What HTML says and shows: its words, links, images, code, emphasis, and the cells of its tables. */
export function meaningOf(html: string) {
  const { body } = createDocument(`<body>${html.replace(/<rp>.*?<\/rp>/g, '')}</body>`, true);
  for (const quote of Array.from(body.querySelectorAll('q'))) quote.textContent = `"${quote.textContent}"`;
  for (const reading of Array.from(body.querySelectorAll('rt'))) reading.textContent = `(${reading.textContent})`;
  // A box to tick, and a list in a cell, are texts in Markdown.
  for (const box of Array.from(body.querySelectorAll('input'))) {
    box.parentElement?.insertBefore(
      body.ownerDocument.createTextNode(box.hasAttribute('checked') ? '[x]' : '[ ]'),
      box,
    );
  }
  for (const item of Array.from(body.querySelectorAll('td li'))) item.textContent = `-${item.textContent}`;
  const all = Array.from(body.querySelectorAll('*'));
  const nameOf = ({ localName }: Element) => (localName === 'pre' ? 'code' : (names[localName] ?? localName));
  const isInside = (element: Element, wanted: string[]): boolean =>
    element.parentElement !== null &&
    (wanted.includes(nameOf(element.parentElement)) || isInside(element.parentElement, wanted));
  const textsOf = (name: string) =>
    all
      .filter((one) => nameOf(one) === name && !isInside(one, [name, ...(name === 'code' ? [] : ['code'])]))
      .map((one) => plain(one.textContent))
      .join('');
  const address = (text: string | null) => new URL(text ?? '', 'https://base.example/page').href;
  return {
    words: plain(body.textContent),
    links: all
      .filter((one) => one.localName === 'a' && (plain(one.textContent) !== '' || one.querySelector('img')))
      .map((one) => address(one.getAttribute('href')))
      .filter((link, index, links) => link !== links[index - 1]),
    images: all
      .filter(({ localName }) => localName === 'img')
      .map((one) => [address(one.getAttribute('src')), one.getAttribute('alt')]),
    emphasis: Object.fromEntries(emphases.map((name) => [name, textsOf(name)])),
    cells: all.filter(({ localName }) => localName === 'table').flatMap(cellsOf),
  };
}
