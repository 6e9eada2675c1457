import { useEffect, useState } from 'react';
import { Icon } from '../../components/Icon';
import { messages } from '../../messages';
import type { Comment, Outgoing } from './comment';
import type { CommentList } from './comment-list';
import { CommentItem } from './CommentItem';
import styles from './Comments.module.css';
import { Composer, type ComposerForm } from './Composer';
import { OutgoingItem } from './OutgoingItem';
import { type CommentsSource, useComments } from './use-comments';
import { useDraft } from './use-draft';

export interface CommentsSectionProps extends CommentsSource {
  /** How many comments are public, where that is more than are shown. */
  commentCount?: number;
  /** The address of the comments before these. */
  earlier?: string;
  /** The address of the newest comments, where these are earlier ones. */
  newest?: string;
  form: ComposerForm;
}

const announcements = {
  pending: messages.comments.announcePending,
  approved: messages.comments.announceApproved,
  rejected: messages.comments.announceRejected,
  failed: messages.comments.announceFailed,
};

/** The ids of own comments that this page has seen waiting: their approval is news, that of older ones isn't. */
function useSeenPending({ shown }: CommentList): ReadonlySet<string> {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set<string>());
  useEffect(() => {
    const fresh = shown.filter(({ id, own, status }) => own && status === 'pending' && !seen.has(id));
    if (fresh.length > 0) setSeen(new Set([...seen, ...fresh.map(({ id }) => id)]));
  }, [shown, seen]);
  return seen;
}

function countApproved(comments: readonly Comment[]): number {
  return comments.filter(({ status }) => status === 'approved').length;
}

/** The ways to the comments that this page doesn't hold. */
function OtherComments({ earlier, newest }: Pick<CommentsSectionProps, 'earlier' | 'newest'>) {
  if (!earlier && !newest) return null;
  return (
    <p className={styles.others}>
      {earlier ? <a href={earlier}>{messages.comments.earlier}</a> : null}
      {newest ? <a href={newest}>{messages.comments.newest}</a> : null}
    </p>
  );
}

/** What has arrived and what has become of one's own, said politely to who can't see it. */
function News({ news, waiting }: CommentList) {
  const own = news ? announcements[news.what] : '';
  const others = waiting.length > 0 ? messages.comments.more(waiting.length) : '';
  // The key makes the same words news again, when they are about another comment.
  return (
    <p className="visually-hidden" role="status">
      <span key={news ? news.id + news.what : ''}>{own}</span> <span>{others}</span>
    </p>
  );
}

/** All under an article: the comments, what has arrived since, and the form. */
export function CommentsSection({ form, commentCount, earlier, newest, ...source }: CommentsSectionProps) {
  const { list, live, send, retry, withdraw, reveal } = useComments(source);
  const draft = useDraft(source.postId);
  const seenPending = useSeenPending(list);
  const { shown, waiting, outgoing } = list;
  const elsewhere = Math.max(0, (commentCount ?? 0) - countApproved(source.comments));
  const count = countApproved(shown) + elsewhere;

  const edit = (failed: Outgoing) => {
    withdraw(failed);
    draft.takeBack(failed);
  };

  const revealAndGoThere = () => {
    const first = waiting[0];
    reveal();
    // The button that had the focus is gone; who uses the keyboard goes on at what it has revealed.
    requestAnimationFrame(() => first && document.getElementById(`c-${first.id}`)?.focus());
  };

  return (
    <section className={styles.section} aria-labelledby="comments">
      <div className={styles.head}>
        <h2 id="comments">{messages.comments.heading(count)}</h2>
        {live === 'reconnecting' ? <p className={styles.live}>{messages.comments.reconnecting}</p> : null}
      </div>
      {shown.length + outgoing.length === 0 ? <p className={styles.empty}>{messages.comments.empty}</p> : null}
      <OtherComments earlier={earlier} newest={newest} />
      <ol className={styles.list}>
        {shown.map((comment) => (
          <CommentItem key={comment.id} comment={comment} wasJudgedHere={seenPending.has(comment.id)} />
        ))}
        {outgoing.map((each) => (
          <OutgoingItem key={each.key} outgoing={each} onRetry={retry} onEdit={edit} />
        ))}
      </ol>
      {waiting.length > 0 ? (
        <p className={styles.more}>
          <button type="button" className="button" data-pill onClick={revealAndGoThere}>
            <Icon name="comment" /> {messages.comments.more(waiting.length)}
          </button>
        </p>
      ) : null}
      <News {...list} />
      <Composer postId={source.postId} form={form} draft={draft} onSend={send} />
    </section>
  );
}
