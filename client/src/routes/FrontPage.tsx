import type { ReactNode } from 'react';
import { Icon } from '../components/Icon';
import * as icons from '../components/icons';
import { Notice } from '../components/Notice';
import { StaleNote } from '../components/StaleNote';
import type { ListedPost } from '../features/posts/post';
import { PostList } from '../features/posts/PostList';
import { SearchForm } from '../features/posts/SearchForm';
import type { WritePostProps } from '../features/posts/use-write-post';
import { Island } from '../islands';
import { messages } from '../messages';
import styles from './FrontPage.module.css';

/** Which posts are wanted. */
export interface PostFilter {
  q?: string | undefined;
  tag?: string | undefined;
}

export interface FrontPageProps {
  blogName: string;
  /** Newest first; undefined while the read model is away. */
  posts: ListedPost[] | undefined;
  filter: PostFilter;
  /** How many posts there are of those that are wanted, where that is known. */
  total: number | undefined;
  /** Where the older posts are. */
  older: string | undefined;
  /** The same list from its beginning. */
  newest: string;
  /** Whether these are the newest posts, not older ones. */
  isNewest: boolean;
  /** The position in the live stream up to which the list is complete. */
  position: string | undefined;
  /** Set if the read model is away and this is what it told then. */
  asOf: Date | undefined;
  /** The form for a post; undefined where this reader may not write one. */
  form: WritePostProps | undefined;
}

const texts = messages.front;

const isFiltered = ({ q, tag }: PostFilter): boolean => q !== undefined || tag !== undefined;

/** What is listed, in words. */
export function listTitle({ q, tag }: PostFilter, isNewest: boolean): string {
  if (q !== undefined) return tag === undefined ? messages.search.found(q) : messages.search.foundIn(q, tag);
  if (tag !== undefined) return messages.search.tagged(tag);
  return isNewest ? texts.heading : texts.olderHeading;
}

/** Why there is nothing, and what next. */
function Empty({ filter: { q, tag }, isNewest, newest, form }: Omit<FrontPageProps, 'posts'>) {
  let [why, next]: [string, ReactNode] = [texts.empty, form ? texts.emptyNext : texts.emptyForReaders];
  if (!isNewest) [why, next] = [texts.noOlder, <a href={newest}>{texts.newest}</a>];
  else if (q !== undefined) [why, next] = [messages.search.none(q), messages.search.noneNext];
  else if (tag !== undefined) [why, next] = [messages.search.noneTagged(tag), messages.search.noneTaggedNext];
  return (
    <div className={styles.empty}>
      <p>{why}</p>
      <p>{next}</p>
      {isNewest && isFiltered({ q, tag }) ? (
        <p>
          <a href="/">{messages.search.all}</a>
        </p>
      ) : null}
    </div>
  );
}

function Posts({ posts, ...props }: FrontPageProps) {
  if (posts === undefined) {
    return (
      <Notice title={texts.away}>
        <p>{texts.awayNext}</p>
        <p>
          <a href={props.newest}>{texts.tryAgain}</a>
        </p>
      </Notice>
    );
  }
  if (posts.length === 0) return <Empty {...props} />;
  return <PostList posts={posts} q={props.filter.q} />;
}

/** How many were found: of a list that is whole, or that the read model has counted. */
function Count({ posts, total, older, isNewest, filter }: FrontPageProps) {
  const count = total ?? (older === undefined && isNewest ? posts?.length : undefined);
  if (!isFiltered(filter) || !posts || !count) return null;
  return <p className={styles.count}>{messages.search.count(count)}</p>;
}

function Head(props: FrontPageProps) {
  const { posts, filter, isNewest, position } = props;
  const isPlain = isNewest && !isFiltered(filter);
  const title = listTitle(filter, isNewest);
  return (
    <div className={styles.head} data-plain={isPlain ? '' : undefined}>
      {isPlain ? <h2>{title}</h2> : <h1>{title}</h1>}
      <Count {...props} />
      {isFiltered(filter) ? (
        <a className={styles.clear} href="/">
          {messages.search.all}
        </a>
      ) : null}
      {isPlain && posts ? (
        <Island
          name="NewPostsPill"
          props={{ known: posts.map(({ id }) => id), newest: posts[0]?.createdAt ?? '', position }}
        />
      ) : null}
    </div>
  );
}

/** What was searched for comes with the best first, all else with the newest. */
function Pages({ filter: { q }, isNewest, newest, older }: FrontPageProps) {
  if (!older && isNewest) return null;
  const [back, on] = q === undefined ? [texts.newest, texts.older] : [messages.search.first, messages.search.more];
  return (
    <nav className={styles.pages} aria-label={on}>
      {isNewest ? null : (
        <a href={newest}>
          <Icon of={icons.arrowLeft} /> {back}
        </a>
      )}
      {older ? (
        <a href={older} rel="next">
          {on} <Icon of={icons.arrowRight} />
        </a>
      ) : null}
    </nav>
  );
}

export function FrontPage(props: FrontPageProps) {
  const { blogName, filter, isNewest, form } = props;
  return (
    <>
      {isNewest && !isFiltered(filter) ? (
        <header className={styles.intro}>
          <h1>{blogName}</h1>
          <p>{messages.site.tagline}</p>
          {form ? <Island name="WritePost" props={form} /> : null}
        </header>
      ) : null}
      <div className={styles.find}>
        <SearchForm q={filter.q ?? ''} tag={filter.tag} />
      </div>
      <StaleNote asOf={props.asOf} />
      <Head {...props} />
      <Posts {...props} />
      <Pages {...props} />
    </>
  );
}
