import { NotFound } from '@blog/kit';
import type { RequestHandler } from 'express';
import { forwardedFor } from './forwarded-for';
import type { Service } from './service';

/** What readers' programs and search engines are told of an answer. */
const passedOn = ['content-type', 'cache-control', 'etag', 'last-modified', 'link', 'retry-after', 'warning', 'age'];
const conditions = ['if-none-match', 'if-modified-since'] as const;

/** `GET /robots.txt`: everything that is to be read may be found; what is asked for by a form may not. */
export function createRobots(publicUrl: string): RequestHandler {
  const closed = [
    '/api/',
    '/embed/',
    '/sign-in',
    '/write',
    '/review',
    '/*?q=',
    '/*?*reply=',
    '/*?*edit=',
    '/*?*delete=',
  ];
  const lines = [
    'User-agent: *',
    ...closed.map((path) => `Disallow: ${path}`),
    '',
    `Sitemap: ${publicUrl}/sitemap.xml`,
  ];
  return (_req, res) =>
    void res
      .type('text/plain')
      .set('Cache-Control', 'public, max-age=3600')
      .send(`${lines.join('\n')}\n`);
}

/** `/feed.atom?tag=`, `/feed.json?tag=` and `/sitemap.xml`: the read model makes them, with this site's address in them. */
export function createFeeds(query: Service): RequestHandler {
  return async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const given = conditions.flatMap((name) => (req.headers[name] === undefined ? [] : [[name, req.headers[name]]]));
    const answer = await query.send({
      method: req.method,
      path: req.originalUrl,
      headers: {
        ...(Object.fromEntries(given) as Record<string, string>),
        'X-Request-Id': String(res.getHeader('X-Request-Id')),
        'X-Forwarded-For': forwardedFor(req),
      },
      signal: gone.signal,
    });
    res.on('close', () => answer.body.destroy());
    if (answer.status === 404) throw new NotFound('There is no such feed.');
    for (const name of passedOn) {
      const value = answer.headers[name];
      if (value !== undefined) res.setHeader(name, value);
    }
    // Half an answer can't be taken back: whoever asked sees the connection break.
    answer.body.on('error', () => res.destroy());
    answer.body.pipe(res.status(answer.status));
  };
}
