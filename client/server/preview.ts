import { jsonBody } from '@blog/kit';
import { renderMarkdown } from '@blog/kit/markdown';
import type { RequestHandler } from 'express';
import { z } from 'zod';

const Wish = z.object({ kind: z.literal('post', 'must be post'), markdown: z.string('must be a string').max(200_000) });

/** `POST /preview` `{"kind":"post","markdown"}`: 200 `{"html"}`, rendered and sanitised as the published post will be. */
export const preview: RequestHandler[] = [
  ...jsonBody({ limit: 1.25 * 1024 * 1024 }),
  (req, res) => {
    const { markdown } = Wish.parse(req.body);
    res.json({ html: renderMarkdown(markdown) });
  },
];
