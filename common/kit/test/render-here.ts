import { renderComment, renderWithExcerpt } from '../src/markdown';
import type { Renderer } from '../src/rendering';

/** Renders in the thread of the test: what is tested is what becomes of the HTML. */
export const renderHere: Renderer = {
  post: (text) => Promise.resolve(renderWithExcerpt(text)),
  comment: (text) => Promise.resolve(renderComment(text)),
};
