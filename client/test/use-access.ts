import { type Role } from '@blog/kit';
import request from 'supertest';
import { testKey } from '../../common/kit/test/test-keys';
import { makeToken } from '../server/accounts/make-token';
import { setUpApp, type TestBlog } from './set-up-app';

export const browser = { Accept: 'text/html', Host: 'blog.example', Origin: 'http://blog.example' };

/** What somebody shows to prove who they are. */
export interface Shown {
  cookie?: string;
  bearer?: string;
}

export const valueOf = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1);

/** A client for each test, with an account `ana`, an author and moderator; and the ways to ask it. */
export function useAccess() {
  let current: TestBlog | undefined;
  const test = (): TestBlog => {
    if (!current) throw new Error('The client runs only within a test');
    return current;
  };
  beforeEach(async () => {
    current = await setUpApp();
    await current.accounts.add({ name: 'ana', roles: ['author', 'moderator'], password: 'correct horse' });
  });
  afterEach(() => current?.close());

  const post = (path: string, fields: Record<string, string>, cookie = '') =>
    request(test().app)
      .post(path)
      .type('form')
      .set({ ...browser, Cookie: cookie })
      .send(fields);
  return {
    test,
    post,
    /** The cookie of somebody who signs in by the form. */
    async signIn(name = 'ana', password = 'correct horse'): Promise<string> {
      const { headers } = await post('/sign-in', { name, password }).expect(303);
      return String(headers['set-cookie']).split(';')[0] ?? '';
    },
    /** A token of `npm run token`. */
    programToken: (seconds = 3600, roles: Role[] = ['moderator'], name = 'ana') =>
      makeToken(
        { name, roles, seconds },
        { accounts: test().accounts, audit: { add: () => Promise.resolve() }, key: testKey, now: () => new Date() },
      ),
    ask: ({ cookie, bearer }: Shown, path = '/api/moderation/queue') =>
      request(test().app)
        .get(path)
        .set({
          ...(cookie === undefined ? {} : { Cookie: cookie }),
          ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        }),
  };
}
