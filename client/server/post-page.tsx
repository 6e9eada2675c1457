import { postPath } from '@blog/contract/address';
import type { Request, RequestHandler, Response } from 'express';
import { PostPage } from '../src/routes/PostPage';
import {
  commentsCursorOf,
  type CommentsPage,
  commentsProps,
  type CommentsState,
  createCommentForms,
  emptyForm,
  openedBy,
  postIdOf,
} from './comment-forms';
import type { PageTools } from './page-tools';
import { sendPage } from './render';

/** An address with another slug than the post's title has: the title was changed, or somebody typed it. */
function isOtherSlug(req: Request, canonical: string): boolean {
  const { slug } = req.params;
  return (
    slug !== undefined &&
    `/posts/${encodeURIComponent(postIdOf(req))}/${encodeURIComponent(String(slug))}` !== canonical
  );
}

/** `GET /posts/:id/:slug?` (301 to the post's own slug) and the forms under it: the article and its comments. */
export function createPostPage(tools: PageTools) {
  const { blog, sessions, readerOf, frameOf, publicUrl, now } = tools;

  async function draw(req: Request, res: Response, state: CommentsState): Promise<void> {
    const cursor = commentsCursorOf(req);
    const reader = readerOf(req, res);
    const data = await blog.postPage(reader, postIdOf(req), cursor);
    const { post, isYoung, asOf } = data;
    const path = postPath(post);
    const roles = sessions.of(req)?.identity.roles ?? [];
    const comments = commentsProps(data, state, { path: pathOf(req), cursor, now: now() });
    if (req.method !== 'POST' && isOtherSlug(req, path)) {
      // The title may be changed back: a browser that kept this for good would then go in circles.
      res.set('Cache-Control', 'no-cache');
      return res.redirect(301, path + new URL(req.originalUrl, publicUrl).search);
    }
    sendPage(res, {
      status: state.status,
      meta: {
        title: post.title,
        description: post.excerpt,
        canonical: publicUrl + path,
        type: 'article',
        publishedAt: post.createdAt,
        tags: post.tags,
      },
      frame: frameOf(req, 'post'),
      content: (
        <PostPage
          post={post}
          isYoung={isYoung}
          asOf={asOf}
          canEdit={roles.includes('author')}
          comments={{ ...comments, canModerate: roles.includes('moderator') || undefined }}
        />
      ),
      isPersonal: reader.tokens.length > 0,
      asOf,
    });
  }

  const pathOf = (req: Request): string => `/posts/${encodeURIComponent(postIdOf(req))}`;
  const page: CommentsPage = { pathOf, draw };
  const read: RequestHandler = (req, res) => draw(req, res, { status: 200, opened: openedBy(req), form: emptyForm() });
  return { read, ...createCommentForms(tools, page) };
}
