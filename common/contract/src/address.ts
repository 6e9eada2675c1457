const longestSlug = 60;

/** The readable end of a post's address; empty where the title has no Latin letter or digit. */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug)
    .replace(/^-+|-+$/g, '');
}

/** A post's canonical path: `/posts/:id/:slug`. */
export function postPath({ id, title }: { id: string; title: string }): string {
  const slug = slugOf(title);
  const base = `/posts/${encodeURIComponent(id)}`;
  return slug === '' ? base : `${base}/${slug}`;
}
