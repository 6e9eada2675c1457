/** What is asked of the nodes of a document again and again. */
const blocks = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE CENTER DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HGROUP HR LI MAIN MENU NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL CAPTION LEGEND OUTPUT'.split(
    ' ',
  ),
);
export const emphases = new Map([
  ...['EM', 'I', 'CITE', 'DFN', 'VAR'].map((name) => [name, 'EM']),
  ...['STRONG', 'B'].map((name) => [name, 'STRONG']),
  ...['DEL', 'S', 'STRIKE'].map((name) => [name, 'DEL']),
]);
export const isText = (node) => node?.nodeType === 3;
export const isElement = (node) => node?.nodeType === 1;
export const isBlock = (node) => isElement(node) && (blocks.has(node.nodeName) || node.nodeName === 'X-TURNDOWN');
export const isEmphasis = (node) => isElement(node) && emphases.has(node.nodeName);
export const attribute = (node, name) => (node.getAttribute(name) ?? '').trim();
/** Those in the document's order, as a list that changes of the document don't change. */
export const elementsOf = (root, ...names) => names.flatMap((name) => Array.from(root.getElementsByTagName(name)));

export function within(node, names) {
  for (let parent = node.parentNode; isElement(parent); parent = parent.parentNode) {
    if (names.includes(parent.nodeName)) return true;
  }
  return false;
}

/** A new element with this text. */
export function create(node, name, text, attributes = {}) {
  const element = node.ownerDocument.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Puts what is in an element in its place. */
export function unwrap(element) {
  while (element.firstChild) element.parentNode.insertBefore(element.firstChild, element);
  element.parentNode.removeChild(element);
}

export function moveChildren(from, to) {
  while (from.firstChild) to.appendChild(from.firstChild);
  return to;
}

/** Gives the last of the others. */
export function replace(element, ...others) {
  for (const other of others) element.parentNode.insertBefore(other, element);
  element.parentNode.removeChild(element);
  return others.at(-1);
}
