/** Tables of HTML as those of Markdown, whose cells hold one line each. */
import { attribute, create, elementsOf, isElement, moveChildren, replace, unwrap, within } from './nodes.mjs';

const cellNames = ['TD', 'TH'];
const rowsOf = (table) => elementsOf(table, 'TR').filter((row) => tableOf(row) === table);
const cellsOf = (row) => Array.from(row.childNodes).filter(({ nodeName }) => cellNames.includes(nodeName));
const span = (cell, name) => Math.min(Math.max(Number.parseInt(attribute(cell, name), 10) || 1, 1), 100);

function tableOf(node) {
  let parent = node.parentNode;
  while (isElement(parent) && parent.nodeName !== 'TABLE') parent = parent.parentNode;
  return parent;
}

/** A table that only lays out a page: of one column, or around other tables. What is in it are blocks then. */
function isLayout(table) {
  const rows = rowsOf(table);
  const isOneColumn = rows.every((row) => cellsOf(row).length <= 1);
  return table.getElementsByTagName('TABLE').length > 0 || isOneColumn || attribute(table, 'role') === 'presentation';
}

/** Code that spans lines becomes a line of code each: a cell has no blocks. */
function inlineCode(pre) {
  const lines = pre.textContent.replace(/^\n|\n$/g, '').split('\n');
  const parts = lines.flatMap((line, index) => [
    ...(index === 0 ? [] : [create(pre, 'BR')]),
    ...(line.trim() === '' ? [] : [create(pre, 'CODE', line)]),
  ]);
  replace(pre, ...parts);
}

/** Lists and headings in a cell become lines of text. */
function flatten(cell) {
  for (const pre of elementsOf(cell, 'PRE')) inlineCode(pre);
  for (const heading of elementsOf(cell, 'H1', 'H2', 'H3', 'H4', 'H5', 'H6')) {
    const paragraph = moveChildren(heading, create(heading, 'P'));
    replace(heading, paragraph);
    paragraph.appendChild(moveChildren(paragraph, create(paragraph, 'STRONG')));
  }
}

export function prepareTables(root) {
  // Inner ones first: what is around them is a layout because of them.
  for (const table of elementsOf(root, 'TABLE').reverse()) {
    for (const caption of Array.from(table.childNodes).filter(({ nodeName }) => nodeName === 'CAPTION')) {
      table.parentNode.insertBefore(moveChildren(caption, create(caption, 'P')), table);
      caption.remove();
    }
    if (!isLayout(table)) continue;
    for (const row of rowsOf(table))
      for (const cell of cellsOf(row)) replace(cell, moveChildren(cell, create(cell, 'DIV')));
    for (const part of [...elementsOf(table, 'TBODY', 'THEAD', 'TFOOT', 'TR'), table]) {
      if (part === table || tableOf(part) === table) unwrap(part);
    }
  }
  for (const cell of elementsOf(root, ...cellNames)) flatten(cell);
}

/** The cells of a table by their places; undefined where another one reaches into a place. */
function gridOf(table) {
  const grid = rowsOf(table).map(() => []);
  for (const [y, row] of rowsOf(table).entries()) {
    let x = 0;
    for (const cell of cellsOf(row)) {
      while (x in grid[y]) x += 1;
      for (let down = 0; down < span(cell, 'rowspan') && y + down < grid.length; down += 1) {
        for (let right = 0; right < span(cell, 'colspan'); right += 1) {
          grid[y + down][x + right] = down + right === 0 ? cell : undefined;
        }
      }
      x += span(cell, 'colspan');
    }
  }
  return grid;
}

const alignmentOf = (cell) =>
  (
    attribute(cell, 'align') ||
    (/text-align\s*:\s*(\w+)/i.exec(attribute(cell, 'style'))?.[1] ?? '') ||
    (/has-text-align-(\w+)/.exec(attribute(cell, 'class'))?.[1] ?? '')
  ).toLowerCase();
const borders = { left: ':---', center: ':---:', right: '---:' };

function borderOf(grid, column) {
  const cells = grid.map((row) => row[column]).filter((cell) => cell !== undefined);
  const alignments = new Set(cells.map(alignmentOf));
  const [header, ...others] = alignments;
  const only = alignments.size === 1 ? header : header === '' && others.length === 1 ? others[0] : '';
  return borders[only] ?? '---';
}

const isHeader = (row) =>
  row?.some((cell) => cell) &&
  row.every((cell) => cell === undefined || cell.nodeName === 'TH' || within(cell, ['THEAD']));

/** One line of Markdown: what would begin another line is a `<br>`, and no `|` ends the cell. */
const oneLine = (markdown) =>
  markdown
    .trim()
    .replace(/(?: {2}|\\)?\n\s*/g, '<br>')
    .replace(/(^|<br>)(-|\d+\.) {2,3}/g, '$1$2 ')
    .replace(/(\\*)\|/g, (whole, slashes) => (slashes.length % 2 === 1 ? whole : `${slashes}\\|`));

/** A table as Markdown; `toMarkdown` gives that of a cell. Comments show no tables: there a row is a line. */
export function tableMarkdown(table, toMarkdown, isLimited) {
  const grid = gridOf(table).filter((row) => row.length > 0);
  const width = Math.max(0, ...grid.map((row) => row.length));
  if (width === 0) return '';
  const lines = grid.map((row) =>
    Array.from({ length: width }, (_, column) => (row[column] === undefined ? '' : oneLine(toMarkdown(row[column])))),
  );
  if (isLimited) {
    const shown = lines.map((cells) => cells.map((cell) => cell.replaceAll('<br>', ' ')).join(' \\| '));
    return `\n\n${shown.join('  \n')}\n\n`;
  }
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const [header, body] = isHeader(grid[0]) ? [lines[0], lines.slice(1)] : [Array(width).fill(''), lines];
  const border = Array.from({ length: width }, (_, column) => borderOf(grid, column));
  return `\n\n${[header, border, ...body].map(row).join('\n')}\n\n`;
}
