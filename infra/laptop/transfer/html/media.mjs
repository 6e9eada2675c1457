/** Media of other pages as links: nothing of theirs is loaded or run here. */
import { attribute, create, elementsOf, replace } from './nodes.mjs';

/** An address as it is followed from a page of another host. */
const whole = (address) => (address.startsWith('//') ? `https:${address}` : address);
const lazySources = ['data-src', 'data-lazy-src', 'data-original', 'data-orig-file'];

export function mediaLink(node, address, title = '') {
  return create(node, 'A', title, { href: whole(address), 'data-medium': '' });
}

/** The name of a medium's file, for a link that has no other text. */
function nameIn(address) {
  const last = address.split(/[?#]/)[0].split('/').at(-1) ?? '';
  try {
    return /\.\w{2,4}$/.test(last) ? decodeURIComponent(last) : address;
  } catch {
    return address;
  }
}

const takesBlocks = ({ nodeName }) =>
  /^(?:X-TURNDOWN|DIV|FIGURE|SECTION|ARTICLE|MAIN|BLOCKQUOTE|TD|TH|CENTER|ASIDE)$/.test(nodeName);

const onItsOwnLine = (element, link) => [
  ...(element.previousSibling === null ? [] : [create(element, 'BR')]),
  link,
  ...(element.nextSibling === null ? [] : [create(element, 'BR')]),
];

/** Images and media: the page that they come from is another one now, so that scripts of theirs never run. */
export function linkMedia(root, lose) {
  for (const image of elementsOf(root, 'IMG')) {
    const lazy = lazySources.map((name) => attribute(image, name)).find((source) => source !== '');
    const source = attribute(image, 'src');
    if (lazy && (source === '' || source.startsWith('data:'))) image.setAttribute('src', whole(lazy));
    else if (source.startsWith('data:')) {
      lose('image inside the text (data:)');
      replace(image, create(image, 'SPAN', attribute(image, 'alt')));
    } else image.setAttribute('src', whole(source));
  }
  for (const medium of elementsOf(root, 'VIDEO', 'AUDIO', 'IFRAME', 'EMBED', 'OBJECT')) {
    if (medium.parentNode === null) continue;
    const own = ['src', 'data-src', 'data', 'data-lazy-src']
      .map((name) => attribute(medium, name))
      .find((value) => /^(?:https?:)?\/|^[\w.-]+\//i.test(value));
    const inside = Array.from(medium.querySelectorAll('a[href]')).map((one) => attribute(one, 'href'));
    const address = own ?? inside[0];
    if (address === undefined) lose(`${medium.nodeName.toLowerCase()} without an address`);
    const title = attribute(medium, 'title') || attribute(medium, 'aria-label');
    if (address === undefined) medium.remove();
    else if (takesBlocks(medium.parentNode))
      replace(medium, create(medium, 'P')).appendChild(mediaLink(root, address, title));
    else replace(medium, ...onItsOwnLine(medium, mediaLink(medium, address, title)));
  }
  for (const link of elementsOf(root, 'A')) {
    if (link.hasAttribute('data-medium') && link.textContent === '') link.textContent = nameIn(attribute(link, 'href'));
  }
}

/** Keeps where a medium's file is, before elements that nobody sees are removed. */
export function keepSources(root) {
  for (const source of elementsOf(root, 'SOURCE')) {
    const address = attribute(source, 'src');
    const medium = source.parentNode;
    if (address === '' || !['VIDEO', 'AUDIO'].includes(medium.nodeName) || medium.hasAttribute('data-src')) continue;
    medium.setAttribute('data-src', address);
  }
}
