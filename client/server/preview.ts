import { jsonBody, TooManyRequests } from '@blog/kit';
import { renderLimitedMarkdown, renderMarkdown } from '@blog/kit/markdown';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';

/** As much as a comment or a post may have. */
const longest = { comment: 10_000, post: 200_000 };
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

const render: RequestHandler = (req, res) => {
  const { kind, markdown } = Wanted.parse(req.body);
  res.json({ html: kind === 'post' ? renderMarkdown(markdown) : renderLimitedMarkdown(markdown) });
};

/**
 * `POST /preview` `{"kind":"comment"|"post","markdown"}` → 200 `{"html"}`: rendered and sanitised by the code that will render
 * it once it is sent. Nothing is kept. 429 for an address that asks too often: rendering takes the processor's time.
 */
export function createPreview(): RequestHandler[] {
  const limit = rateLimit({
    ...{ windowMs: 60_000, limit: mostPerMinute, standardHeaders: false, legacyHeaders: false },
    handler() {
      throw new TooManyRequests('Too many previews. Wait a minute.', 60);
    },
  });
  return [limit, ...jsonBody({ limit: largestBody }), render];
}
