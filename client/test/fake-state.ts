import type { Express, Request } from 'express';

export interface FakePost {
  id: string;
  title: string;
  body: string;
  html: string;
  excerpt: string;
  tags: string[];
  createdAt: string;
  version: number;
  formerPath?: string;
}

export interface FakeComment {
  id: string;
  postId: string;
  author: string;
  content: string;
  html: string;
  status: 'pending' | 'approved' | 'rejected';
  createdAt: string;
  version: number;
  token: string;
  reason?: string;
  parentId?: string;
  editedAt?: string;
  /** When its author may no longer change it. */
  editableUntil: string;
}

/** A request as a service got it. */
export interface Seen {
  service: string;
  method: string;
  url: string;
  headers: Request['headers'];
  body: unknown;
}

/** The state of all fake services. Tests change it as they like, and tell it to the stream themselves. */
export interface FakeBlog {
  posts: Map<string, FakePost>;
  comments: FakeComment[];
  seen: Seen[];
  /** Ids of posts which the read model doesn't have yet. */
  notInQuery: Set<string>;
  /** Statuses that a service answers with, whatever is asked. */
  broken: Map<string, number>;
  /** The ids of comments by the keys of the requests that wrote them. */
  written: Map<string, string>;
  addPost(post: Partial<FakePost> & { title: string }): FakePost;
  addComment(postId: string, comment: Partial<FakeComment> & { content: string }): FakeComment;
  /** Changes a comment as its own service would, and tells the stream. */
  change(id: string, changes: Partial<FakeComment>): FakeComment;
  judge(id: string, status: 'approved' | 'rejected', reason?: string): FakeComment;
  remove(id: string): void;
  emit(type: string, data: unknown): void;
  apps: { posts: Express; comments: Express; query: Express; moderation: Express };
}

export function forPublic({ token: _token, reason: _reason, editableUntil: _until, ...comment }: FakeComment) {
  const isPublic = comment.status === 'approved';
  return { ...comment, content: isPublic ? comment.content : '', html: isPublic ? comment.html : '' };
}

export function forReader(comment: FakeComment, tokens: string[]) {
  const { token, ...own } = comment;
  return tokens.includes(token) ? { ...own, own: true } : forPublic(comment);
}
