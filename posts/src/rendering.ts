import type { Post } from '@blog/contract';
import { renderMarkdown } from '@blog/kit/markdown';

type Rendered = Pick<Post, 'id' | 'version' | 'body'>;

interface RenderingOptions {
  render?: (markdown: string) => string;
  /** How many characters of HTML are remembered; what was asked for last stays. */
  mostCharacters?: number;
}

/**
 * Gives a post's body as HTML, and makes it once per version: the longest take seconds, and while one is made nobody else
 * is answered.
 */
export function createRendering({
  render = renderMarkdown,
  mostCharacters = 16 * 1024 * 1024,
}: RenderingOptions = {}): (post: Rendered) => string {
  const remembered = new Map<string, string>();
  let characters = 0;
  return ({ id, version, body }) => {
    const name = `${version} ${id}`;
    const html = remembered.get(name) ?? render(body);
    if (!remembered.delete(name)) characters += html.length;
    remembered.set(name, html);
    for (const [oldest, { length }] of remembered) {
      if (characters <= mostCharacters) break;
      remembered.delete(oldest);
      characters -= length;
    }
    return html;
  };
}
