import { InvalidInput } from '@blog/kit';
import type { Push, Sender } from './send';
import type { Subscription } from './subscription';

/**
 * What stands for the credentials in an endpoint's URL wherever it is shown. A group knows its endpoints by these URLs only,
 * so that none of its states, tries, metrics or errors can hold a credential; its sender knows the real ones.
 */
const mask = '***';

/** The URL without its credentials; one that has none stays as it is. */
export function maskedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.username === '' && url.password === '')) return text;
  url.username = mask;
  url.password = '';
  return url.href;
}

function isMasked(text: string): boolean {
  const { username, password } = new URL(text);
  return username === mask && password === '';
}

export function withoutSecrets(subscription: Subscription): Subscription {
  return { ...subscription, endpoints: subscription.endpoints.map(maskedUrl) };
}

/**
 * Settings as they were read back keep the credentials that are stored: a masked URL means the endpoint whose URL it is
 * but for these. Throws InvalidInput if there is none.
 */
export function withStoredSecrets(given: Subscription, stored: Subscription | undefined): Subscription {
  const known = new Map(stored?.endpoints.map((url) => [maskedUrl(url), url]));
  const endpoints = given.endpoints.map((url, index) => {
    if (!isMasked(url)) return url;
    const found = known.get(maskedUrl(url));
    if (found !== undefined) return found;
    const message = 'hides its credentials, and no endpoint of this URL is stored: give them';
    throw new InvalidInput([{ path: `endpoints[${index}]`, message }]);
  });
  return { ...given, endpoints };
}

/** Lets a group that knows masked URLs send to the real ones. */
export function withSecrets(sender: Sender, { endpoints }: Subscription): Sender {
  const real = new Map(endpoints.map((url) => [maskedUrl(url), url]));
  const realOf = (url: string): string => real.get(url) ?? url;
  return {
    send: (push: Push) => sender.send({ ...push, url: realOf(push.url) }),
    knock: (url) => sender.knock(realOf(url)),
    close: () => sender.close(),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The header that carries the credentials of a URL (Basic authentication, in UTF-8); none if it has none. */
export function authorizationOf({ username, password }: URL): string[] {
  if (username === '' && password === '') return [];
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return [`authorization: Basic ${Buffer.from(credentials).toString('base64')}`];
}
