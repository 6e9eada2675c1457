/** Which files of a folder are posts: of ours, and of Hugo, Jekyll, Eleventy and Astro. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const isMarkdown = (name) => /\.(?:md|markdown|mdown|mkdn?|mdx)$/i.test(name);
/** Where the posts of each program are, the first that is there. Hugo's are anywhere in `content`. */
const places = [
  ['posts'],
  ['_posts', '_drafts'],
  ['source/_posts', 'source/_drafts'],
  ['content/posts', 'content/post', 'content/blog'],
  ['src/content'],
  ['src/posts', 'src/blog'],
  ['content'],
  ['blog'],
];
/** Folders of programs and of what they make. */
const passedOver = new Set([
  'node_modules',
  '_site',
  'public',
  'dist',
  'resources',
  'vendor',
  'themes',
  'layouts',
  '_layouts',
  '_includes',
  'archetypes',
]);

/** The folders of posts, below a folder. Throws where there is nothing like it. */
function foldersOf(folder) {
  const isFolder = (name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isDirectory();
  const found = places.map((names) => names.filter(isFolder)).find((names) => names.length > 0);
  if (found) return found;
  const has = readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isFile() && isMarkdown(entry.name));
  if (!has) throw new Error(`There is no ${join(folder, 'posts')}: is this a folder of an export?`);
  return ['.'];
}

/** Why a Markdown file is no post; undefined where it is one. A Hugo bundle is a post in `index.md`: the others belong to it. */
function kindOf(name, { names, isTop }) {
  if (name === '_index.md') return 'page of a section (_index.md)';
  if (name.startsWith('_')) return 'file whose name begins with _';
  if (isTop && /^(?:readme|changelog|license|contributing)\./i.test(name)) return 'file on the folder itself (README)';
  const isIndex = /^index\./i.test(name);
  if (!isIndex && !isTop && names.some((other) => /^index\.(?:md|markdown|mdx)$/i.test(other)))
    return 'part of a bundle';
  return undefined;
}

function* walk(folder, inside, isTop = true) {
  const entries = readdirSync(join(folder, inside), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = entries.map(({ name }) => name);
  for (const entry of entries) {
    const path = inside === '.' ? entry.name : `${inside}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (!passedOver.has(entry.name)) yield* walk(folder, path, false);
    } else if (isMarkdown(entry.name)) {
      yield { path, name: entry.name, kind: kindOf(entry.name, { names, isTop }) };
    } else if (/\.html?$/i.test(entry.name) && /(?:^|\/)_(?:posts|drafts)\//.test(path)) {
      yield { path, name: entry.name, isHtml: true };
    } else if (/\.(?:rst|adoc|asciidoc|org|textile|txt|njk|liquid|ipynb)$/i.test(entry.name)) {
      yield { path, name: entry.name, kind: `file of another format (${entry.name.split('.').at(-1)})` };
    }
  }
}

/**
 * The files of a folder that may be posts, in an order that is always the same: `path` below the folder, `inside` the folder of
 * posts, and `kind` where a file is none.
 */
export function markdownFiles(folder) {
  return foldersOf(folder).flatMap((inside) =>
    Array.from(walk(folder, inside), (file) => ({
      ...file,
      inside,
      isDraft: /(?:^|\/)_drafts\//.test(`${file.path}`),
    })),
  );
}
