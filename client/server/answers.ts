import { CommentStatus } from '@blog/contract';
import { z } from 'zod';
import { messages } from '../src/messages';

/**
 * The services' answers, as far as the pages need them. More lenient than the contract: a service from somewhere else,
 * which knows no more than ids and titles, still makes a readable page.
 */
const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);

/** A classic posts service takes empty titles, and a link needs a name. */
const title = optional(z.string()).transform((text = '') => (text.trim() === '' ? messages.post.untitled : text));

const PostInAnswer = z.object({
  id: z.string(),
  title,
  tags: z.array(z.string()).default([]),
  createdAt: z.string().default(''),
  excerpt: z.string().default(''),
  version: optional(z.number()),
  updatedAt: optional(z.string()),
  commentCount: optional(z.number()),
  excerptHtml: optional(z.string()),
});

const CommentInAnswer = z.object({
  id: z.string(),
  content: optional(z.string()).transform((text = '') => text),
  status: optional(CommentStatus).transform((status = 'pending') => status),
  postId: z.string().default(''),
  author: z.string().default(''),
  createdAt: z.string().default(''),
  version: z.number().default(1),
  html: z.string().default(''),
  editedAt: optional(z.string()),
  parentId: optional(z.string()),
  own: optional(z.boolean()),
  reason: optional(z.string()),
  editableUntil: optional(z.string()),
});

export const CommentsAnswer = z.array(CommentInAnswer);

export const PostListAnswer = z.record(z.string(), PostInAnswer);

/** One post: of query with its comments, of posts without. */
export const PostAnswer = PostInAnswer.extend({ html: z.string().default(''), comments: CommentsAnswer.default([]) });

export const CreatedPost = z.object({ id: z.string(), title });

export const MovedAnswer = CreatedPost;
