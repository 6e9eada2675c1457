import type { RequestListener } from 'node:http';
import request from 'supertest';

/** Reads a list from its newest page to the end by its `Link: rel="next"`; gives the bodies of the pages. */
export async function walkList<Body>(app: RequestListener, path: string): Promise<Body[]> {
  const pages: Body[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, headers, body }: request.Response = await request(app).get(next);
    if (status !== 200) throw new Error(`${next} answered ${status}`);
    pages.push(body as Body);
    next = /^<(.*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
  }
  return pages;
}
