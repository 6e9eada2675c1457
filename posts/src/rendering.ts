import type { Post } from '@blog/contract';
import { type Renderer, renderOrShow, type ShownText } from '@blog/kit/rendering';

type Rendered = Pick<Post, 'id' | 'version' | 'body'>;

interface RenderingOptions {
  render: Renderer['full'];
  /** How many characters of HTML are remembered; what was asked for last stays. */
  mostCharacters?: number;
}

/** Gives a post's body as HTML, made once per version, also for those who ask while it is made. */
export function createRendering({
  render,
  mostCharacters = 16 * 1024 * 1024,
}: RenderingOptions): (post: Rendered) => Promise<string> {
  const remembered = new Map<string, string>();
  const beingMade = new Map<string, Promise<ShownText>>();
  let characters = 0;

  function remember(name: string, html: string): void {
    if (!remembered.delete(name)) characters += html.length;
    remembered.set(name, html);
    for (const [oldest, { length }] of remembered) {
      if (characters <= mostCharacters) break;
      remembered.delete(oldest);
      characters -= length;
    }
  }

  function make(name: string, body: string): Promise<ShownText> {
    const made = renderOrShow(render, body).finally(() => beingMade.delete(name));
    beingMade.set(name, made);
    return made;
  }

  return async ({ id, version, body }) => {
    const name = `${version} ${id}`;
    const known = remembered.get(name);
    const { html, isMakeshift } =
      known === undefined ? await (beingMade.get(name) ?? make(name, body)) : { html: known };
    if (!isMakeshift) remember(name, html);
    return html;
  };
}
