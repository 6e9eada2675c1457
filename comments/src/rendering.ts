import { type Renderer, renderOrShow } from '@blog/kit/rendering';
import type { Comment } from './domain';
import type { ShownComment } from './views';

/** Makes the HTML of comments, outside of transactions: others would wait for them meanwhile. */
export interface CommentRendering {
  /** The HTML to keep of a text; undefined if it can't be made now. */
  htmlOf(content: string): Promise<string | undefined>;
  /** The comments with their HTML, made for those that have none: of an older version, or of a moment when it couldn't be. */
  shown(comments: readonly Comment[]): Promise<ShownComment[]>;
}

export function createCommentRendering({ limited: render }: Pick<Renderer, 'limited'>): CommentRendering {
  const show = async (comment: Comment): Promise<ShownComment> => {
    const { html = (await renderOrShow(render, comment.content)).html } = comment;
    return { ...comment, html };
  };
  return {
    async htmlOf(content) {
      const { html, isMakeshift } = await renderOrShow(render, content);
      return isMakeshift ? undefined : html;
    },
    shown: (comments) => Promise.all(comments.map(show)),
  };
}
