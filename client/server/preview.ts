import { createThrottle, Forbidden, jsonBody, readerNetwork, TooManyRequests, Unauthorized } from '@blog/kit';
import { type Renderer, renderOrShow, type ShownText } from '@blog/kit/rendering';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { previewNotes } from '../src/words/preview';
import type { Sessions } from './sessions';

/** As much as a comment or a post may have. */
export const longest = { comment: 10_000, post: 200_000 };
/** From one address: more than somebody types who sees each pause of theirs rendered. */
const mostPerMinute = 120;
const largestBody = 1.25 * 1024 * 1024;

/** What `POST /preview` takes. */
export const Wanted = z
  .object({
    kind: z.enum(['comment', 'post'], 'must be comment or post'),
    markdown: z.string('must be a string'),
  })
  .refine(({ kind, markdown }) => markdown.length <= longest[kind], { path: ['markdown'], message: 'is too long' });

/** What `POST /preview` answers; `note` says why the text is shown as it was typed, if it is. */
export const Preview = z.object({ html: z.string(), note: z.string().optional() });
export type Preview = z.output<typeof Preview>;

export function previewOf({ html, limit }: ShownText): Preview {
  return limit === undefined ? { html } : { html, note: previewNotes[limit] };
}

/** 429 for an address that asks for previews too often: rendering takes the processor's time. */
export function limitPreviews(isPreview: (req: Request) => boolean = () => true): RequestHandler {
  const throttle = createThrottle({ burst: mostPerMinute, perMs: 60_000, again: 'at once' });
  return (req, _res, next) => {
    const waitMs = isPreview(req) ? throttle.take(readerNetwork(req)) : 0;
    if (waitMs > 0) throw new TooManyRequests('Too many previews. Wait a minute.', 60);
    next();
  };
}

/**
 * `POST /preview` `{"kind":"comment"|"post","markdown"}` → 200 `{"html","note"?}`: rendered and sanitised by the code that
 * will render it once it is sent. Nothing is kept. Posts are previewed for authors only, as the page is where they write.
 */
export function createPreview(renderer: Renderer, sessions: Pick<Sessions, 'of'>): RequestHandler[] {
  const render: RequestHandler = async (req, res) => {
    const { kind, markdown } = Wanted.parse(req.body);
    if (kind === 'post') requireAuthor(sessions.of(req)?.identity.roles);
    res.json(previewOf(await renderOrShow(kind === 'post' ? renderer.full : renderer.limited, markdown)));
  };
  return [limitPreviews(), ...jsonBody({ limit: largestBody }), render];
}

function requireAuthor(roles: readonly string[] | undefined): void {
  if (!roles) throw new Unauthorized('Sign in as an author to preview a post.');
  if (!roles.includes('author')) throw new Forbidden('Previews of posts need the role author.');
}
