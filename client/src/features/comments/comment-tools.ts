import type { Refusal } from '../../faults';
import type { LiveComments } from './use-comments';

/** What is done to a comment, in a form that opens at it. */
export interface Opened {
  what: 'reply' | 'edit' | 'delete';
  /** Of the comment. */
  id: string;
}

export interface TypedComment {
  author: string;
  content: string;
}

/** A text as it will look to others; `note` says why it is shown as it was typed, if it is. */
export interface PreviewedText {
  html: string;
  note?: string | undefined;
}

/** The form that is open, as the server gives it: empty, or with what was typed and why it was refused. */
export interface CommentForm {
  typed: TypedComment;
  refusal?: Refusal | undefined;
  /** What was typed, rendered; where its author has asked to see that. */
  preview?: PreviewedText | undefined;
  /** Names the request, so that sending the form twice stores one comment. */
  key: string;
}

/** What the parts of the section are made with. */
export interface CommentTools {
  postId: string;
  /** Where the forms are sent to. */
  action: string;
  /** Which page of the comments this is, as part of a query; empty for the newest. */
  pageQuery: string;
  live: LiveComments;
  opened: Opened | undefined;
  form: CommentForm;
  /** Opens a form, empty or with what was typed before. */
  open(opened: Opened, typed?: TypedComment): void;
  /** Closes what is open and leads the focus back, to a comment or whatever has this id. */
  close(focus: string): void;
  /** The moment, in milliseconds; as the server knew it until the page is alive. */
  now: number;
  /** Whether this reader may delete what others have written. */
  canModerate?: boolean | undefined;
  /** Whether anybody can still comment here. */
  isClosed: boolean;
}

/** The address that opens a form at a comment without JavaScript. */
export function openingPath({ pageQuery }: Pick<CommentTools, 'pageQuery'>, { what, id }: Opened): string {
  return `?${pageQuery}${what}=${encodeURIComponent(id)}#${what === 'reply' ? 'reply' : `c-${id}`}`;
}

/** The address of this page with nothing open. */
export function closingPath({ pageQuery }: Pick<CommentTools, 'pageQuery'>, focus: string): string {
  return `?${pageQuery.replace(/&$/, '')}#${focus}`;
}

export function isOpened(opened: Opened | undefined, what: Opened['what'], id: string | undefined): boolean {
  return opened !== undefined && opened.what === what && opened.id === id;
}
