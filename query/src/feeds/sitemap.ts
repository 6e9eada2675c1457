import type { PostAddress } from '../post-lists';
import { urlOf } from './feed';
import { xmlText } from './xml';

/** The addresses of the blog's pages, for search engines (sitemaps.org). */
export function sitemapOf(publicUrl: string, posts: PostAddress[]): string {
  const pages = posts.map(
    (post) => `  <url><loc>${xmlText(urlOf(publicUrl, post))}</loc><lastmod>${post.updatedAt}</lastmod></url>\n`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc>${xmlText(publicUrl)}/</loc></url>
${pages.join('')}</urlset>
`;
}
