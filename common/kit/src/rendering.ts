/** How a process renders Markdown: in a thread of its own. The parser is loaded there, and not in this one. */

import type { MarkdownLimit } from './bounded-markdown';
import type { RenderedWithExcerpt, RenderedText } from './markdown';
import { plainHtml, renderedAtOnce } from './plain-html';
import { NotRendered, type Renderer, type RenderingTrouble } from './rendering-thread';

export {
  createRenderingThread,
  NotRendered,
  type Renderer,
  type RenderingThread,
  type RenderingThreadOptions,
} from './rendering-thread';
export type { MarkdownLimit, RenderedWithExcerpt, RenderedText };

/** Gives what is one line of words at once: most of what readers write needs no thread. */
export function sparingly(renderer: Renderer): Renderer {
  return {
    full: renderer.full,
    limited: (text) => {
      const rendered = renderedAtOnce(text);
      return rendered ? Promise.resolve(rendered) : renderer.limited(text);
    },
  };
}

/** A text as HTML; `limit` says why it is shown as it was typed, if it is. */
export interface ShownText {
  html: string;
  limit?: MarkdownLimit | RenderingTrouble;
  /** Set if another time it may be rendered: not to be kept. */
  isMakeshift?: true;
}

/** Renders, and shows a text as it was typed if it can't be rendered now. Never rejects because of the text. */
export async function renderOrShow(render: (text: string) => Promise<RenderedText>, text: string): Promise<ShownText> {
  try {
    return await render(text);
  } catch (error) {
    if (!(error instanceof NotRendered)) throw error;
    return { html: plainHtml(text), limit: error.trouble, isMakeshift: true };
  }
}
