/** Makes of a document's elements those that Markdown has. Each step changes the document in place. */
import { mediaLink } from './media.mjs';
import {
  attribute,
  create,
  elementsOf,
  emphases,
  isBlock,
  isElement,
  isText,
  moveChildren,
  replace,
  unwrap,
  within,
} from './nodes.mjs';

const removed = { SCRIPT: 'script', svg: 'drawing (svg)', CANVAS: 'drawing (canvas)', MAP: 'image map' };
const unseen = [
  'STYLE',
  'TEMPLATE',
  'TITLE',
  'META',
  'LINK',
  'BASE',
  'RP',
  'COL',
  'COLGROUP',
  'SOURCE',
  'TRACK',
  'PARAM',
  'AREA',
];

function removeComments(node) {
  for (const child of Array.from(node.childNodes)) {
    if (isElement(child)) removeComments(child);
    else if (!isText(child)) node.removeChild(child);
  }
}

const isHidden = (element) =>
  element.hasAttribute('hidden') || /(?:^|;)\s*display\s*:\s*none\b/i.test(attribute(element, 'style'));

/** What a browser doesn't show. */
export function removeUnseen(root, lose) {
  removeComments(root);
  for (const script of elementsOf(root, 'SCRIPT')) {
    const gist = /^(https:\/\/gist\.github\.com\/[^?#]+)\.js/.exec(attribute(script, 'src'))?.[1];
    if (gist) replace(script, create(script, 'P', undefined, { 'data-of': gist }));
  }
  for (const paragraph of elementsOf(root, 'P')) {
    if (paragraph.hasAttribute('data-of'))
      paragraph.appendChild(mediaLink(paragraph, paragraph.getAttribute('data-of')));
  }
  for (const [name, kind] of Object.entries(removed)) {
    for (const element of elementsOf(root, name)) {
      lose(kind);
      element.remove();
    }
  }
  for (const element of elementsOf(root, ...unseen)) element.remove();
  for (const element of elementsOf(root, '*')) {
    if (!isHidden(element)) continue;
    lose('hidden text');
    element.remove();
  }
  // It stands in for an image that a script loads.
  for (const element of elementsOf(root, 'NOSCRIPT')) {
    if (element.previousElementSibling?.nodeName === 'IMG') element.remove();
    else unwrap(element);
  }
}

function renamed(element, name) {
  const other = create(element, name);
  for (const { name: key, value } of Array.from(element.attributes)) other.setAttribute(key, value);
  replace(element, moveChildren(element, other));
  return other;
}

const wrapped = (element, name) => element.appendChild(moveChildren(element, create(element, name)));

/** Elements that Markdown knows under another name, or as a text. */
export function translateElements(root, lose, isLimited) {
  for (const element of elementsOf(root, 'TT', 'SAMP', ...(isLimited ? ['KBD'] : []))) renamed(element, 'CODE');
  for (const element of elementsOf(root, 'PLAINTEXT', 'LISTING', 'XMP')) renamed(element, 'PRE');
  for (const element of elementsOf(root, 'Q')) {
    element.insertBefore(element.ownerDocument.createTextNode('“'), element.firstChild);
    element.appendChild(element.ownerDocument.createTextNode('”'));
  }
  for (const element of elementsOf(root, 'RT')) element.textContent = `(${element.textContent.trim()})`;
  for (const element of elementsOf(root, 'DT', 'SUMMARY')) wrapped(element, 'STRONG');
  for (const element of elementsOf(root, 'DD')) renamed(wrappedIn(element, 'UL'), 'LI');
  for (const element of elementsOf(root, 'ABBR', 'ACRONYM'))
    if (attribute(element, 'title') !== '') lose('title of an abbreviation');
  for (const element of elementsOf(root, 'BR'))
    if (within(element, ['PRE'])) replace(element, element.ownerDocument.createTextNode('\n'));
  if (isLimited)
    for (const element of elementsOf(root, 'H1', 'H2', 'H3', 'H4', 'H5', 'H6'))
      wrapped(renamed(element, 'P'), 'STRONG');
  for (const element of elementsOf(root, 'FORM', 'BUTTON', 'SELECT', 'TEXTAREA'))
    lose(`form (${element.nodeName.toLowerCase()})`);
}

/** Puts an element into a new one, which it shares with those of its kind before it. */
function wrappedIn(element, name) {
  const before = element.previousElementSibling;
  const list =
    before?.nodeName === name && before.hasAttribute('data-of-terms')
      ? before
      : create(element, name, undefined, { 'data-of-terms': '' });
  if (list !== before) element.parentNode.insertBefore(list, element);
  list.appendChild(element);
  return element;
}

/** Lists as they should be: each thing in an item, each list below one in the item before it. */
export function repairLists(root) {
  for (const list of elementsOf(root, 'UL', 'OL')) {
    for (const child of Array.from(list.childNodes)) {
      if (child.nodeName === 'LI') continue;
      if (isText(child) && child.data.trim() === '') child.remove();
      else if (child.previousSibling?.nodeName === 'LI') child.previousSibling.appendChild(child);
      else list.insertBefore(create(list, 'LI'), child).appendChild(child);
    }
  }
  for (const item of elementsOf(root, 'LI')) {
    if (!['UL', 'OL'].includes(item.parentNode.nodeName)) replace(item, moveChildren(item, create(item, 'P')));
  }
}

const hasBlock = (element) => isElement(element) && Array.from(element.getElementsByTagName('*')).some(isBlock);

/** Emphasis, or a link, around whole blocks goes into each of them: Markdown has it inside of a block only. */
export function sinkInline(root) {
  const names = [
    ...emphases.keys(),
    'A',
    'SUP',
    'SUB',
    'INS',
    'MARK',
    'KBD',
    'U',
    'SPAN',
    'FONT',
    'SMALL',
    'BIG',
    'LABEL',
  ];
  for (const element of elementsOf(root, ...names)) {
    if (element.parentNode === null || !hasBlock(element)) continue;
    sink(element, element);
    unwrap(element);
  }
}

function sink(parent, model) {
  let run;
  for (const child of Array.from(parent.childNodes)) {
    if (isBlock(child) || hasBlock(child)) {
      run = undefined;
      sink(child, model);
    } else if (run !== undefined || !isText(child) || child.data.trim() !== '') {
      if (run === undefined) {
        run = model.cloneNode(false);
        parent.insertBefore(run, child);
      }
      run.appendChild(child);
    }
  }
}

/** Line breaks at the beginning or the end of a block: nobody sees them. */
export function trimBreaks(root) {
  for (const element of elementsOf(root, 'BR')) {
    const isEdge = (sibling) => sibling === null || isBlock(sibling);
    const next = (side) => {
      let sibling = element[side];
      while (sibling !== null && isText(sibling) && sibling.data.trim() === '') sibling = sibling[side];
      return sibling;
    };
    const isIn = isBlock(element.parentNode);
    if (isIn && (isEdge(next('previousSibling')) || isEdge(next('nextSibling')))) element.remove();
  }
}

/** Emphasis of one kind, without another of its kind inside or beside it. */
export function joinEmphasis(root) {
  for (const [given, name] of emphases)
    for (const element of elementsOf(root, given)) if (given !== name) renamed(element, name);
  for (const element of elementsOf(root, 'EM', 'STRONG', 'DEL')) {
    if (element.parentNode === null) continue;
    if (within(element, [element.nodeName]) || within(element, ['CODE', 'PRE'])) {
      unwrap(element);
      continue;
    }
    while (element.nextSibling?.nodeName === element.nodeName) {
      moveChildren(element.nextSibling, element);
      element.nextSibling.remove();
    }
  }
  root.normalize();
}
