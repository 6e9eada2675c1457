/**
 * The words that the services share, as schemas with their types.
 *
 * | word | meaning |
 * |---|---|
 * | post | an article: title, Markdown body, tags. Owned by `posts`. |
 * | draft | a post that is not published yet; only authors see it, and no event tells of it. |
 * | slug | the readable end of a post's address, made of its title: `@blog/contract/address`, apart for the browser. |
 * | comment | what a reader writes under a post. Owned by `comments`. |
 * | status | `pending`, `approved` or `rejected`. |
 * | verdict | moderation's decision on one comment; a later one (higher `revision`) replaces an earlier one. |
 * | version | counts the changes of one entity, so that a repeated or late event changes nothing. |
 * | read model | query's copy of posts and comments, made of events alone. |
 * | event | an immutable fact; the list is `blogEvents`. The key is the post's id, so that all of a post is in order. |
 */

// What was written
export {
  NewPost,
  Post,
  PostChange,
  PostErasure,
  PostFact,
  PostGone,
  PostInList,
  PostToImport,
  PostWithHtml,
} from './post';
export {
  CommentChange,
  CommentErasure,
  CommentFact,
  NewCommentFact,
  CommentGone,
  CommentStatus,
  CommentToImport,
  ModeratorComment,
  NewComment,
  OwnComment,
  PublicComment,
  VerdictFact,
} from './comment';

// What happened
export { type BlogEvent, blogEvents } from './events';

// What is read
export { FullPost, PostSummary, PostWithComments } from './read-model';

// Where a post was before it came here
export { formerPathKey } from './former-path';

// Parts of other schemas
export { id, requiredText, text } from './text';
