import { postPath } from '@blog/contract/address';
import { newId, NotFound } from '@blog/kit';
import type { Request, RequestHandler, Response } from 'express';
import type { WritePostProps } from '../src/features/posts/use-write-post';
import { messages } from '../src/messages';
import type { PageMeta } from '../src/routes/Document';
import { FrontPage, listTitle } from '../src/routes/FrontPage';
import type { FrontPageData, PostsWanted } from './blog';
import { formFields } from './form-body';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

const longestSearch = 200;

/** What an address asks for: `?q=`, `?tag=`, `?cursor=`, each once and not empty. */
function wantedBy({ query }: Request): PostsWanted {
  const text = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  return { q: text('q')?.slice(0, longestSearch), tag: text('tag'), cursor: text('cursor') };
}

function pathOf(wanted: PostsWanted): string {
  const query = new URLSearchParams(
    Object.entries(wanted).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
  return query.size === 0 ? '/' : `/?${query}`;
}

/** `GET /?q=&tag=&cursor=` and `POST /posts`: the list of posts, and the form that adds one. */
export function createFrontPage({
  blog,
  sessions,
  writers,
  readerOf,
  frameOf,
  publicUrl,
  blogName,
  logger,
}: PageTools) {
  function metaOf(wanted: PostsWanted): PageMeta {
    const { q, tag, cursor } = wanted;
    const isPlain = q === undefined && tag === undefined;
    const title = listTitle({ q, tag }, cursor === undefined);
    return {
      title: isPlain && cursor === undefined ? blogName : title,
      description: messages.site.tagline,
      // Nobody should find a search by a search.
      ...(q === undefined ? { canonical: publicUrl + pathOf(wanted) } : {}),
      ...(tag === undefined ? {} : { feed: { title: messages.search.tagged(tag), query: pathOf({ tag }).slice(1) } }),
    };
  }

  const mayWrite = (req: Request): boolean =>
    writers === 'anyone' || (sessions.of(req)?.identity.roles.includes('author') ?? false);

  async function listOf(req: Request, res: Response, wanted: PostsWanted): Promise<FrontPageData | undefined> {
    try {
      return await blog.frontPage(readerOf(req, res), wanted);
    } catch (error) {
      if (error instanceof NotFound) throw error;
      // The page stays useful while the list is away: a post can be written all the same.
      logger.warn({ err: error, requestId: res.getHeader('X-Request-Id') }, 'the list of posts is away');
      return undefined;
    }
  }

  async function draw(req: Request, res: Response, status: number, form: WritePostProps): Promise<void> {
    const wanted = req.method === 'POST' ? {} : wantedBy(req);
    const { q, tag, cursor } = wanted;
    const data = await listOf(req, res, wanted);
    if (!data) res.setHeader('Retry-After', '2');
    sendPage(res, {
      status: status === 200 && !data ? 503 : status,
      meta: metaOf(wanted),
      frame: frameOf(req, 'front'),
      asOf: data?.asOf,
      content: (
        <FrontPage
          blogName={blogName}
          posts={data?.posts}
          total={data?.total}
          older={data?.older === undefined ? undefined : pathOf({ q, tag, cursor: data.older })}
          newest={pathOf({ q, tag })}
          position={data?.position}
          asOf={data?.asOf}
          filter={{ q, tag }}
          isNewest={cursor === undefined}
          // What was typed is given back, even to somebody who may not write (any more).
          form={mayWrite(req) || form.refusal ? form : undefined}
        />
      ),
    });
  }

  const read: RequestHandler = (req, res) => draw(req, res, 200, { typed: { title: '', body: '' }, postKey: newId() });

  const write: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const typed = { title: fields.get('title') ?? '', body: fields.get('body') ?? '' };
    const key = fields.get('key') || newId();
    const outcome = await blog.writePost(readerOf(req, res), { json: typed, key });
    if (outcome.ok) return res.redirect(303, postPath(outcome.value));
    // After a lost answer the post may be stored: the same key lets the next attempt find that out.
    const postKey = outcome.status === 502 ? key : newId();
    await draw(req, res, outcome.status, { typed, refusal: outcome.refusal, postKey });
  };

  return { read, write };
}
