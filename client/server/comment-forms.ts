import { NotFound, newId } from '@blog/kit';
import { type Renderer, renderOrShow } from '@blog/kit/rendering';
import type { Request, RequestHandler, Response } from 'express';
import { messages } from '../src/messages';
import type { CommentForm, Opened } from '../src/features/comments/comment-tools';
import type { CommentsSectionProps } from '../src/features/comments/CommentsSection';
import type { Outcome } from './ask';
import type { PostPageData } from './blog';
import { type FormFields, formFields } from './form-body';
import type { PageTools } from './page-tools';
import { longest, previewOf } from './preview';

/** What a page with comments is drawn with, beside what it shows. */
export interface CommentsState {
  status: number;
  opened?: Opened | undefined;
  form: CommentForm;
}

/** A page that has comments under it: a post's own, or the one that other sites embed. */
export interface CommentsPage {
  /** Its path with nothing open, for the post of this request. */
  pathOf(req: Request): string;
  draw(req: Request, res: Response, state: CommentsState): Promise<void>;
}

export const postIdOf = (req: Request): string => String(req.params['id']);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The cursor of earlier comments that an address asks for. */
export const commentsCursorOf = (req: Request): string | undefined => text(req.query['comments']);

/** The form that an address opens: `?reply=<id>`, `?edit=<id>` or `?delete=<id>`. */
export function openedBy(req: Request): Opened | undefined {
  for (const what of ['reply', 'edit', 'delete'] as const) {
    const id = text(req.query[what]);
    if (id !== undefined) return { what, id };
  }
  return undefined;
}

export const emptyForm = (): CommentForm => ({ typed: { author: '', content: '' }, key: newId() });

/** What the comments section of a page shows. */
export function commentsProps(
  { post, isYoung: _isYoung, asOf: _asOf, earlier, ...data }: PostPageData,
  { opened, form }: CommentsState,
  { path, cursor, now }: { path: string; cursor: string | undefined; now: Date },
): CommentsSectionProps {
  const at = (place: string) => `${path}?comments=${encodeURIComponent(place)}#comments`;
  const isHere = data.comments.some(({ id }) => id === opened?.id);
  return {
    postId: post.id,
    postVersion: post.version,
    ...data,
    earlier: earlier === undefined ? undefined : at(earlier),
    newest: cursor === undefined ? undefined : `${path}#comments`,
    pageQuery: cursor === undefined ? '' : `comments=${encodeURIComponent(cursor)}&`,
    action: `${path}/comments`,
    opened: isHere ? opened : undefined,
    form,
    renderedAt: now.toISOString(),
  };
}

/** What was typed, rendered; or why it is not. */
async function previewForm(
  renderer: Pick<Renderer, 'limited'>,
  content: string,
): Promise<{ status: number } & Pick<CommentForm, 'preview' | 'refusal'>> {
  if (content.length <= longest.comment) {
    return { status: 200, preview: previewOf(await renderOrShow(renderer.limited, content)) };
  }
  const faults = [{ path: 'content', message: `must be at most ${longest.comment} characters` }];
  return { status: 400, refusal: { message: messages.faults.summary, faults } };
}

/**
 * The forms of a page with comments, for who has no JavaScript: all of them answer 303 back to the page, or with the page
 * again, what was typed in it, and why it was refused. `intent=preview` answers with the page and what was typed, rendered.
 */
export function createCommentForms(tools: PageTools, { pathOf, draw }: CommentsPage) {
  const { blog, cookies, sessions, noteDeletion, readerOf, renderer } = tools;
  const typedIn = (fields: FormFields) => ({
    author: fields.get('author') ?? '',
    content: fields.get('content') ?? '',
  });

  /** After a lost answer the comment may be stored: the same key lets the next attempt find that out. */
  const nextKey = ({ status }: { status: number }, key: string): string => (status === 502 ? key : newId());

  const write: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const typed = typedIn(fields);
    const key = fields.get('key') || newId();
    const [parentId, website] = [text(fields.get('parentId')), text(fields.get('website'))];
    const opened: Opened | undefined = parentId === undefined ? undefined : { what: 'reply', id: parentId };
    if (fields.get('intent') === 'preview') {
      const { status, ...preview } = await previewForm(renderer, typed.content);
      return draw(req, res, { status, opened, form: { typed, key, ...preview } });
    }
    const author = text(typed.author.trim());
    const json = {
      content: typed.content,
      ...(author === undefined ? {} : { author }),
      ...(parentId === undefined ? {} : { parentId }),
      ...(website === undefined ? {} : { website }),
    };
    const outcome = await blog.writeComment(readerOf(req, res), postIdOf(req), { json, key });
    if (!outcome.ok) {
      const form = { typed, refusal: outcome.refusal, key: nextKey(outcome, key) };
      return draw(req, res, { status: outcome.status, opened, form });
    }
    const { id, token } = outcome.value;
    if (token !== undefined) cookies.keepToken(req, res, token);
    res.redirect(303, `${pathOf(req)}#${id === undefined ? 'comments' : `c-${encodeURIComponent(id)}`}`);
  };

  /** `POST …/comments/:commentId` with `intent` edit, delete or preview. */
  const change: RequestHandler = async (req, res) => {
    const fields = formFields(req);
    const typed = typedIn(fields);
    const intent = fields.get('intent');
    const address = { postId: postIdOf(req), commentId: String(req.params['commentId']) };
    const opened: Opened = { what: intent === 'delete' ? 'delete' : 'edit', id: address.commentId };
    const again = (status: number, form: Partial<CommentForm>) =>
      draw(req, res, { status, opened, form: { typed, key: newId(), ...form } });
    if (intent === 'preview') {
      const { status, ...preview } = await previewForm(renderer, typed.content);
      return again(status, preview);
    }
    if (intent !== 'edit' && intent !== 'delete') throw new NotFound('There is no such form.');
    const reader = readerOf(req, res);
    const outcome: Outcome<unknown> =
      intent === 'edit'
        ? await blog.changeComment(reader, address, typed.content)
        : await blog.deleteComment(reader, address);
    if (!outcome.ok) return again(outcome.status, { refusal: outcome.refusal });
    const by = sessions.of(req)?.identity.name;
    if (intent === 'delete' && by !== undefined) {
      await noteDeletion(by, { event: 'comment-deleted', post: address.postId, comment: address.commentId });
    }
    const place = intent === 'edit' ? `c-${encodeURIComponent(address.commentId)}` : 'comments';
    res.redirect(303, `${pathOf(req)}#${place}`);
  };

  /** `GET …/comments/:commentId`: where that comment stands. */
  const find: RequestHandler = (req, res) =>
    res.redirect(`${pathOf(req)}#c-${encodeURIComponent(String(req.params['commentId']))}`);

  return { write, change, find };
}
