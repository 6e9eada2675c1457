import { Unavailable } from '@blog/kit';
import { NotRendered, type RenderedWithExcerpt, type RenderedText, type Renderer } from '@blog/kit/rendering';
import type { ReadModelEvent } from './event-handlers';
import type { Renderer as Rendered } from './projection';

/** What became of one event's text, to be taken up inside the transaction; what can't be had throws there. */
export type PreparedText = Rendered;

/** Renders what an event tells, outside of any transaction, so that applying it has nothing left to wait for. */
export async function prepareText(event: ReadModelEvent, renderer: Renderer): Promise<PreparedText> {
  if (event.erased) return noText;
  switch (event.type) {
    case 'PostCreated':
    case 'PostUpdated': {
      const post = await settled<RenderedWithExcerpt>(renderer.full(event.data.body));
      return { ...noText, post };
    }
    case 'CommentCreated':
    case 'CommentUpdated': {
      // Nobody sees it before it is approved, and many never are.
      if (event.data.status !== 'approved') return noText;
      const comment = await settled<RenderedText>(renderer.limited(event.data.content));
      return { ...noText, comment: () => comment().html };
    }
    case 'PostDeleted':
    case 'PostErased':
    case 'CommentDeleted':
    case 'CommentErased':
      return noText;
  }
}

const nothing = (): never => {
  throw new Error('a text was not prepared');
};
const noText: PreparedText = { post: nothing, comment: nothing };

async function settled<T>(rendering: Promise<T>): Promise<() => T> {
  try {
    const rendered = await rendering;
    return () => rendered;
  } catch (error) {
    const isOfThisMoment = error instanceof NotRendered && (error.trouble === 'busy' || error.trouble === 'ended');
    return () => {
      throw isOfThisMoment ? new Unavailable('No text can be rendered now; nothing was stored.') : error;
    };
  }
}

/** Characters of Markdown whose HTML is held in memory at once. */
const mostCharacters = 500_000;

/** Cuts events into parts whose texts are bounded together; at least one part, at least one event in each of several. */
export function partsOf(events: readonly ReadModelEvent[]): ReadModelEvent[][] {
  const parts: ReadModelEvent[][] = [[]];
  let characters = 0;
  for (const event of events) {
    const length = lengthOf(event);
    if (characters + length > mostCharacters && characters > 0) {
      parts.push([]);
      characters = 0;
    }
    parts.at(-1)?.push(event);
    characters += length;
  }
  return parts;
}

function lengthOf({ data }: ReadModelEvent): number {
  if ('body' in data) return data.body.length;
  return 'content' in data ? data.content.length : 0;
}
