import { type ReactNode, useEffect, useState } from 'react';
import { useNow } from '../../browser/use-now';
import { Icon } from '../../components/Icon';
import * as icons from '../../components/icons';
import { Notice } from '../../components/Notice';
import { messages } from '../../messages';
import type { Comment, Outgoing } from './comment';
import type { CommentList } from './comment-list';
import { type CommentForm, type CommentTools, type Opened, type TypedComment } from './comment-tools';
import styles from './Comments.module.css';
import { Composer } from './Composer';
import { type Item, type ItemTools, ThreadItem } from './ThreadItem';
import { threadsOf } from './threads';
import { useComments } from './use-comments';
import { useDraft } from './use-draft';
import type { CommentsSource, PostNews } from './use-stream';

export interface CommentsSectionProps extends CommentsSource {
  /** How many comments are public, where that is more than are shown. */
  commentCount?: number | undefined;
  /** The address of the comments before these. */
  earlier?: string | undefined;
  /** The address of the newest comments, where these are earlier ones. */
  newest?: string | undefined;
  /** Which page of the comments this is, as part of a query; empty for the newest. */
  pageQuery?: string;
  /** Where its forms are sent to. */
  action: string;
  /** Whether this reader may delete what others have written. */
  canModerate?: boolean | undefined;
  opened?: Opened | undefined;
  form: CommentForm;
  /** The server's time, ISO 8601. */
  renderedAt: string;
}

const announcements = {
  pending: messages.comments.announcePending,
  approved: messages.comments.announceApproved,
  rejected: messages.comments.announceRejected,
  failed: messages.comments.announceFailed,
  deleted: messages.comments.announceDeleted,
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

function itemsOf({ shown, outgoing }: CommentList): Item[] {
  return [
    ...shown.map((comment) => ({
      key: comment.key ?? comment.id,
      id: comment.id,
      parentId: comment.parentId,
      comment,
    })),
    ...outgoing.map((each) => ({ key: each.key, id: each.key, parentId: each.parentId, outgoing: each })),
  ];
}

/** Something is to be found (again) once the page is drawn: the focus goes there. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

const nothing: TypedComment = { author: '', content: '' };

/** Which form is open, and what is in it: what the server gave, for the form that it was given for. */
function useOpened(props: CommentsSectionProps): Pick<CommentTools, 'opened' | 'form' | 'open' | 'close'> {
  const [opened, setOpened] = useState(props.opened);
  const [form, setForm] = useState<CommentForm>(props.form);
  const { key } = props.form;
  return {
    opened,
    form,
    open(next, typed = nothing) {
      setForm({ typed, key });
      setOpened(next);
    },
    close(focus) {
      setForm({ typed: nothing, key });
      setOpened(undefined);
      focusSoon(focus);
    },
  };
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
function News({ list: { news, waiting }, postNews }: { list: CommentList; postNews: PostNews }) {
  const own = news ? announcements[news.what] : '';
  const others = waiting.length > 0 ? messages.comments.more(waiting.length) : '';
  const post = postNews === 'changed' ? messages.post.changed : '';
  // The key makes the same words news again, when they are about another comment.
  return (
    <p className="visually-hidden" role="status">
      <span key={`${news?.id} ${news?.what} ${waiting.length} ${post}`}>
        {[own, others, post].filter(Boolean).join(' ')}
      </span>
    </p>
  );
}

/** What has become of the article: beside it, so that nothing moves under the reader's eyes. */
function PostNewsPill({ news, page }: { news: PostNews; page: string }) {
  return (
    <div className={styles.postNews}>
      {news === 'changed' ? (
        <a className="button" data-pill href={page}>
          <Icon of={icons.pen} /> {messages.post.changed}
        </a>
      ) : null}
    </div>
  );
}

function MoreButton({ list, onReveal }: { list: CommentList; onReveal: () => void }) {
  const [first] = list.waiting;
  if (!first) return null;
  return (
    <p className={styles.more}>
      <button
        type="button"
        className="button"
        data-pill
        data-key="n"
        onClick={() => {
          onReveal();
          // The button that had the focus is gone; who uses the keyboard goes on at what it has revealed.
          focusSoon(`c-${first.id}`);
        }}
      >
        <Icon of={icons.comment} /> {messages.comments.more(list.waiting.length)}
      </button>
    </p>
  );
}

interface FrameProps {
  count: number;
  isReconnecting: boolean;
  children: ReactNode;
}

function Frame({ count, isReconnecting, children }: FrameProps) {
  return (
    <section className={styles.section} aria-labelledby="comments">
      <div className={styles.head}>
        <h2 id="comments" tabIndex={-1}>
          {messages.comments.heading(count)}
        </h2>
        {isReconnecting ? <p className={styles.live}>{messages.comments.reconnecting}</p> : null}
      </div>
      {children}
    </section>
  );
}

function useTools(props: CommentsSectionProps, takeBack: (typed: TypedComment) => void): ItemTools {
  const live = useComments(props);
  const judgedHere = useSeenPending(live.list);
  const now = useNow(props.renderedAt);
  const { postId, action, canModerate, pageQuery = '' } = props;
  const opening = useOpened(props);
  return {
    ...{ postId, action, canModerate, pageQuery, live, judgedHere, now, ...opening },
    isClosed: live.postNews === 'deleted',
    takeBack: (failed: Outgoing) => {
      live.withdraw(failed);
      if (failed.parentId === undefined) takeBack(failed);
      else opening.open({ what: 'reply', id: failed.parentId }, failed);
    },
  };
}

/** All under an article: the comments, what has arrived since, and the form. */
export function CommentsSection(props: CommentsSectionProps) {
  const draft = useDraft(props.postId);
  const tools = useTools(props, draft.takeBack);
  const { list, live, postNews, reveal } = tools.live;
  const elsewhere = Math.max(0, (props.commentCount ?? 0) - countApproved(props.comments));
  const items = itemsOf(list);
  const form = tools.opened ? { typed: nothing, key: props.form.key } : tools.form;
  return (
    <Frame count={countApproved(list.shown) + elsewhere} isReconnecting={live === 'reconnecting'}>
      {items.length === 0 ? <p className={styles.empty}>{messages.comments.empty}</p> : null}
      <OtherComments earlier={props.earlier} newest={props.newest} />
      <ol className={styles.list}>
        {threadsOf(items).map((thread) => (
          <ThreadItem
            {...{ thread, tools, hasEarlier: props.earlier !== undefined }}
            key={thread.top?.key ?? thread.id}
          />
        ))}
      </ol>
      <MoreButton list={list} onReveal={reveal} />
      <News list={list} postNews={postNews} />
      {tools.isClosed ? <Notice title={messages.post.deleted} /> : null}
      {tools.isClosed ? null : <Composer tools={{ ...tools, form }} draft={draft} />}
      <PostNewsPill news={postNews} page={props.action.replace(/\/comments$/, '')} />
    </Frame>
  );
}
