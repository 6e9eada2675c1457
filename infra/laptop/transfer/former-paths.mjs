/** Where a post was before: addresses in the world go on leading to it. */

const most = { paths: 20, length: 500 };

/** The beginnings of the blog's own addresses, which the posts service refuses. */
const ownPlaces = new Set([
  ...['api', 'assets', 'embed', 'embed.js', 'write', 'review', 'preview', 'sign-in', 'sign-out', 'theme'],
  ...['feed.atom', 'feed.json', 'sitemap.xml', 'robots.txt', 'favicon.ico', 'favicon.svg', 'openapi.json', 'docs'],
  ...['healthz', 'readyz', 'metrics'],
]);

/** Paths that lead to the same, as the posts service compares them. */
export function keyOfPath(path) {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // What can't be decoded is compared as it stands.
  }
  return decoded
    .normalize('NFC')
    .replace(/\/index\.html?$/i, '')
    .replace(/\/+$/, '');
}

function isOwn(path) {
  const [, place = '', next] = keyOfPath(path).split('/');
  return place === '' || ownPlaces.has(place.toLowerCase()) || (place === 'posts' && next === undefined);
}

/** A path of an address on the old site; undefined where it is none, or another site's. */
export function formerPath(address) {
  const text = String(address ?? '').trim();
  if (!/^(?:https?:\/\/[^/]+)?\/[^/]/.test(text) || /\{\{|\s/.test(text)) return undefined;
  const { pathname } = new URL(text, 'http://any.example');
  const isNone =
    pathname.length > most.length || isOwn(pathname) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(keyOfPath(pathname));
  return isNone || /^\/[/\\]|[\s\\\p{Cc}]/u.test(pathname) ? undefined : pathname;
}

export const uniquePaths = (addresses) =>
  [...new Set(addresses.map(formerPath).filter((path) => path !== undefined))].slice(0, most.paths);

const list = (value) => (value === undefined ? [] : [value].flat());

const styles = {
  date: '/:categories/:year/:month/:day/:title.html',
  pretty: '/:categories/:year/:month/:day/:title/',
  none: '/:categories/:title.html',
};

/** Jekyll's address of a post in `_posts`, as its `_config.yml` says. */
function jekyllPath(template, { values, named }) {
  const date = /^\d{4}-\d{1,2}-\d{1,2}/.exec(values.text('date') ?? '')?.[0] ?? named.date;
  const [year, month, day] = date.split('-').map((part) => part.padStart(2, '0'));
  const categories = list(values.value('categories', 'category')).flatMap((value) => String(value).split(/\s+/));
  const parts = {
    year,
    month,
    day,
    title: values.text('slug') ?? named.slug,
    slug: named.slug,
    categories: categories.join('/').toLowerCase(),
  };
  const path = template.replace(/:(\w+)/g, (whole, name) => parts[name] ?? whole).replace(/\/{2,}/g, '/');
  return path.includes(':') ? undefined : encodeURI(path);
}

/** The address that Hugo and Eleventy give a file by where it is. */
function pathByPlace({ values, file }) {
  const below = file.path
    .replace(/^(?:content|src)\//, '')
    .replace(/\.\w+$/, '')
    .replace(/(?:^|\/)index$/i, '');
  const slug = values.text('slug');
  const path = slug === undefined ? below : [...below.split('/').slice(0, -1), slug].join('/');
  return `/${encodeURI(path.toLowerCase().replace(/\s+/g, '-'))}/`;
}

export function formerPathsOfMarkdown({ values, file, named, site, isOwn }) {
  const own = uniquePaths(list(values.value('formerpaths')));
  if (isOwn) return own;
  const said = ['permalink', 'url', 'aliases', 'alias', 'redirectfrom'].flatMap((name) => list(values.value(name)));
  const hasAddress = values.value('permalink') !== undefined || values.value('url') !== undefined;
  const isJekyll = file.inside === '_posts' && named !== undefined;
  const isPlaced = /^(?:content|src\/content|src\/posts|src\/blog)/.test(file.inside);
  const template = styles[site.permalink ?? 'date'] ?? String(site.permalink);
  const guessed = hasAddress
    ? []
    : isJekyll
      ? [jekyllPath(template, { values, named })]
      : isPlaced
        ? [pathByPlace({ values, file })]
        : [];
  return uniquePaths([...own, ...said, ...guessed]);
}
