import { messages } from '../messages';
import styles from './AccountMenu.module.css';

export interface SignedIn {
  name: string;
  roles: readonly string[];
}

const pages = [
  { role: 'author', href: '/write', text: messages.nav.write },
  { role: 'moderator', href: '/review', text: messages.nav.review },
];

const isUnder = (href: string, path: string): boolean =>
  path.startsWith(href) && /^([/?]|$)/.test(path.slice(href.length));

/** Where somebody with roles can go; nothing for readers. */
export function AccountMenu({ account, path }: { account: SignedIn | undefined; path: string }) {
  if (!account) return null;
  return (
    <nav className={styles.menu} aria-label={messages.nav.label}>
      {pages
        .filter(({ role }) => account.roles.includes(role))
        .map(({ href, text }) => (
          <a key={href} href={href} aria-current={isUnder(href, path) ? 'page' : undefined}>
            {text}
          </a>
        ))}
      <form method="post" action="/sign-out">
        <button className={styles.out} type="submit" title={messages.signIn.signedInAs(account.name)}>
          {messages.signIn.out}
        </button>
      </form>
      <form method="post" action="/sign-out/everywhere">
        <button className={styles.out} type="submit" title={messages.signIn.outEverywhereHint}>
          {messages.signIn.outEverywhere}
        </button>
      </form>
    </nav>
  );
}
