import type { ReactNode } from 'react';
import type { Theme } from '../features/theme/theme';
import { type Shortcut, Shortcuts } from '../features/shortcuts/Shortcuts';
import { ThemeChoice } from '../features/theme/ThemeChoice';
import { messages } from '../messages';
import { AccountMenu, type SignedIn } from './AccountMenu';
import styles from './Document.module.css';

/** What the head of a page says of it. */
export interface PageMeta {
  title: string;
  description?: string;
  /** The page's one true address, absolute; absent where it has none (errors). */
  canonical?: string;
  type?: 'website' | 'article';
  publishedAt?: string;
  tags?: string[];
  /** What a feed of this page's posts is asked for with; undefined where it has none. */
  feed?: { title: string; query: string };
}

export interface PageFrame {
  theme: Theme;
  blogName: string;
  /** The path of this page, to come back to. */
  path: string;
  /** Who is signed in. */
  account?: SignedIn | undefined;
  /** Whether the page stands in a frame of another one, with nothing of the site around it. */
  isBare?: boolean;
  /** Whether the page needs more room than a text to read. */
  isWide?: boolean;
  /** Its shortcuts, where they are others than those of the reader pages. */
  shortcuts?: readonly Shortcut[];
  /** False where nobody can sign in at all. */
  canSignIn?: boolean;
  /** Addresses of the built scripts and style sheets. */
  scripts: string[];
  styles: string[];
}

function OpenGraph({ meta, blogName }: { meta: PageMeta; blogName: string }) {
  if (!meta.canonical) return <meta name="robots" content="noindex" />;
  return (
    <>
      <link rel="canonical" href={meta.canonical} />
      <meta property="og:site_name" content={blogName} />
      <meta property="og:title" content={meta.title} />
      <meta property="og:type" content={meta.type ?? 'website'} />
      <meta property="og:url" content={meta.canonical} />
      {meta.description ? <meta property="og:description" content={meta.description} /> : null}
      {meta.publishedAt ? <meta property="article:published_time" content={meta.publishedAt} /> : null}
      {meta.tags?.map((tag) => (
        <meta key={tag} property="article:tag" content={tag} />
      ))}
    </>
  );
}

const feedTypes = { atom: 'application/atom+xml', json: 'application/feed+json' };

/** The feed of all posts, and of the page's own kind. */
function Feeds({ feed, blogName }: PageMeta & { blogName: string }) {
  const feeds = [{ title: blogName, query: '' }, ...(feed ? [feed] : [])];
  return feeds.flatMap(({ title, query }) =>
    Object.entries(feedTypes).map(([ending, type]) => {
      const href = `/feed.${ending}${query}`;
      return <link key={href} rel="alternate" type={type} title={title} href={href} />;
    }),
  );
}

/** The blog's mark: three services around a bus. */
function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <path d="M16 16 6.5 8M16 16l9.5-8M16 16v11" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <circle cx="16" cy="16" r="5" />
      <circle cx="6" cy="7.5" r="3" />
      <circle cx="26" cy="7.5" r="3" />
      <circle cx="16" cy="27" r="3" />
    </svg>
  );
}

/** Signing in is for a few: its link stands where it is in nobody's way. */
function Footer({ account, canSignIn = true, path }: PageFrame) {
  return (
    <footer className={styles.footer}>
      <p>
        {messages.site.footer} <a href="/feed.atom">{messages.site.feed}</a>{' '}
        <button type="button" data-shortcuts="" hidden>
          {messages.shortcuts.title}
        </button>{' '}
        {account || !canSignIn ? null : (
          <a href={`/sign-in?back=${encodeURIComponent(path)}`} rel="nofollow">
            {messages.signIn.title}
          </a>
        )}
      </p>
    </footer>
  );
}

interface DocumentProps {
  meta: PageMeta;
  frame: PageFrame;
  children: ReactNode;
}

/** The whole HTML document around a page. */
export function Document({ meta, frame, children }: DocumentProps) {
  const isFront = meta.title === frame.blogName;
  const title = isFront ? meta.title : `${meta.title} · ${frame.blogName}`;
  return (
    <html lang={messages.locale} data-theme={frame.theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <meta name="color-scheme" content={frame.theme === 'auto' ? 'light dark' : frame.theme} />
        {meta.description ? <meta name="description" content={meta.description} /> : null}
        <OpenGraph meta={meta} blogName={frame.blogName} />
        <Feeds {...meta} blogName={frame.blogName} />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        {frame.styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        {frame.scripts.map((src) => (
          <script key={src} type="module" src={src} />
        ))}
      </head>
      {frame.isBare ? <body>{children}</body> : <Body {...{ isFront, frame }}>{children}</Body>}
    </html>
  );
}

function Body({ isFront, frame, children }: { isFront: boolean; frame: PageFrame; children: ReactNode }) {
  return (
    <body data-wide={frame.isWide ? '' : undefined}>
      <a className={styles.skip} href="#content">
        {messages.site.skip}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <a className={styles.name} href="/">
            <Mark />
            <span className={isFront ? 'visually-hidden' : undefined}>{frame.blogName}</span>
          </a>
          <div className={styles.right}>
            <AccountMenu account={frame.account} path={frame.path} />
            <ThemeChoice theme={frame.theme} back={frame.path} />
          </div>
        </div>
      </header>
      <main className={styles.main} id="content" tabIndex={-1}>
        {children}
      </main>
      <Footer {...frame} />
      <Shortcuts keys={frame.shortcuts} />
    </body>
  );
}
