import { withAbsoluteAddresses } from './absolute';
import { type Feed, permanentId, postTitleOf, titleOf, urlOf } from './feed';

/** The feed in JSON Feed 1.1, with the whole text of each post. */
export function jsonFeedOf(feed: Feed): string {
  const { publicUrl, path, posts } = feed;
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: titleOf(feed),
    home_page_url: `${publicUrl}/`,
    feed_url: publicUrl + path,
    items: posts.map((post) => ({
      id: permanentId(publicUrl, post.id),
      url: urlOf(publicUrl, post),
      title: postTitleOf(post),
      summary: post.excerpt,
      content_html: withAbsoluteAddresses(post.html, urlOf(publicUrl, post)),
      date_published: post.createdAt,
      date_modified: post.updatedAt,
      tags: post.tags,
    })),
  });
}
