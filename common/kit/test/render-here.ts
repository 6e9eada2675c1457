import { renderLimited, renderWithExcerpt } from '../src/markdown';
import type { Renderer } from '../src/rendering';

/** Renders in the thread of the test: what is tested is what becomes of the HTML. */
export const renderHere: Renderer = {
  full: (text) => Promise.resolve(renderWithExcerpt(text)),
  limited: (text) => Promise.resolve(renderLimited(text)),
};
