import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Time } from '../../components/Time';
import { messages } from '../../messages';
import { formatExactly } from '../../time';
import type { Comment } from './comment';
import { type CommentTools, isOpened, type Opened, openingPath } from './comment-tools';
import styles from './Comments.module.css';
import { CommentText } from './CommentText';
import { DeleteForm } from './DeleteForm';
import { EditForm } from './EditForm';

const stateIcons = { pending: icons.clock, approved: icons.check, rejected: icons.cross };

function Meta({ comment: { id, author, own, createdAt, editedAt }, to }: Pick<CommentItemProps, 'comment' | 'to'>) {
  const name = author || messages.comments.anonymous;
  return (
    <div className={styles.meta}>
      <span className={styles.author}>{name}</span>
      {own ? <span className={styles.you}>{messages.comments.you}</span> : null}
      {to ? (
        <span className={styles.inReply}>
          {messages.comments.inReplyTo} <a href={`#c-${to.id}`}>{to.author || messages.comments.anonymous}</a>
        </span>
      ) : null}
      <a className={styles.permalink} href={`#c-${id}`} aria-label={messages.comments.permalink(name)}>
        <Time at={createdAt} />
      </a>
      {editedAt ? (
        <span className={styles.edited} title={formatExactly(editedAt)}>
          {messages.comments.edited}
        </span>
      ) : null}
    </div>
  );
}

function Action({ tools, opened, text }: { tools: CommentTools; opened: Opened; text: string }) {
  return (
    <a
      href={openingPath(tools, opened)}
      rel="nofollow"
      onClick={(event) => {
        event.preventDefault();
        tools.open(opened);
      }}
    >
      {text}
    </a>
  );
}

/** What its reader, and what its author can do with a comment. */
function Actions({ comment, tools }: { comment: Comment; tools: CommentTools }) {
  const { id, own, status, editableUntil } = comment;
  const canReply = status === 'approved' && !tools.isClosed;
  const canEdit = own && editableUntil !== undefined && tools.now < Date.parse(editableUntil);
  const canDelete = own || tools.canModerate;
  if (!canReply && !canDelete) return null;
  const texts = messages.comments;
  return (
    <p className={styles.links}>
      {canReply ? <Action tools={tools} opened={{ what: 'reply', id }} text={texts.reply} /> : null}
      {canEdit ? <Action tools={tools} opened={{ what: 'edit', id }} text={texts.edit} /> : null}
      {canDelete ? <Action tools={tools} opened={{ what: 'delete', id }} text={texts.delete} /> : null}
    </p>
  );
}

/** Its author sees its state beside it; once approved, the word fades away. */
function State({ comment: { own, status, reason }, wasJudgedHere }: { comment: Comment; wasJudgedHere: boolean }) {
  if (!own || (status === 'approved' && !wasJudgedHere)) return null;
  return (
    <>
      <p className={styles.state} data-status={status}>
        <Icon of={stateIcons[status]} />
        {messages.comments.states[status]}
      </p>
      {status === 'rejected' && reason ? <p className={styles.reason}>{messages.comments.reason(reason)}</p> : null}
    </>
  );
}

interface CommentItemProps {
  comment: Comment;
  /** Whom it answers, where that can't be seen from its place. */
  to: { id: string; author: string } | undefined;
  wasJudgedHere: boolean;
  tools: CommentTools;
}

/** One comment, with the form that is open at it. */
export function CommentItem({ comment, to, wasJudgedHere, tools }: CommentItemProps) {
  if (!comment.own && comment.status !== 'approved') {
    return <p className={styles.absent}>{messages.comments.withheld}</p>;
  }
  const { opened } = tools;
  const isEdited = isOpened(opened, 'edit', comment.id);
  return (
    <>
      <Meta comment={comment} to={to} />
      {isEdited ? (
        <EditForm comment={comment} tools={tools} />
      ) : (
        <CommentText html={comment.html} content={comment.content} />
      )}
      <State comment={comment} wasJudgedHere={wasJudgedHere} />
      {isOpened(opened, 'delete', comment.id) ? <DeleteForm comment={comment} tools={tools} /> : null}
      {isEdited || opened?.id === comment.id ? null : <Actions comment={comment} tools={tools} />}
    </>
  );
}
