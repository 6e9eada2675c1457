import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuth, createMetrics, type Role, signToken, silentLogger } from '@blog/kit';
import type { Express } from 'express';
import { type App, createApp } from '../server/app';
import { type Assets, entries } from '../server/assets';
import { type Accounts, createAccounts } from '../server/accounts/accounts';
import { createServices } from '../server/services';
import { renderHere } from '../../common/kit/test/render-here';
import { createFakeBlog, type FakeBlog, type FakeServer, serve } from './fake-blog';

const assets = (name: string) => ({ scripts: [`/assets/${name}-1.js`], styles: ['/assets/reader-1.css'] });
const secret = 'a-secret-for-these-tests';

export interface TestBlog {
  blog: FakeBlog;
  app: Express;
  closeStreams: App['closeStreams'];
  accounts: Accounts;
  /** Makes an account with these roles and signs it in: resolves with the cookie. */
  signIn(...roles: Role[]): Promise<string>;
  /** The fake services' servers by name, so that a test can stop one. */
  servers: Record<'posts' | 'query' | 'moderation' | 'comments', FakeServer>;
  close(): Promise<void>;
}

/** The client's app before fake services that listen on ephemeral ports. */
export async function setUpApp({
  publicUrl = 'http://blog.example',
  blogName = 'The Microservices Blog',
  commentsUrls = [] as string[],
  canSignIn = true,
  writers = 'anyone',
  embedOrigins = [] as string[],
} = {}): Promise<TestBlog> {
  const blog = createFakeBlog();
  const servers = {
    posts: await serve(blog.apps.posts),
    query: await serve(blog.apps.query),
    moderation: await serve(blog.apps.moderation),
    comments: await serve(blog.apps.comments),
  };
  const settings = {
    POSTS_URL: servers.posts.url,
    QUERY_URL: servers.query.url,
    MODERATION_URL: servers.moderation.url,
    COMMENTS_URLS: commentsUrls.length > 0 ? commentsUrls : [servers.comments.url],
  };
  const now = (): Date => new Date();
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  const accounts = createAccounts({ file: join(folder, 'accounts.json'), now });
  const { app, closeStreams } = createApp({
    accounts,
    auth: createAuth({ secrets: canSignIn ? [secret] : [], now }),
    secret: canSignIn ? secret : undefined,
    writers: writers === 'authors' ? 'authors' : 'anyone',
    ...{ embedOrigins, now, renderer: renderHere },
    services: createServices({ settings, logger: silentLogger }),
    publicUrl,
    blogName,
    assets: Object.fromEntries(entries.map((name) => [name, assets(name)])) as Assets,
    files: (_req, _res, next) => next(),
    logger: silentLogger,
    metrics: createMetrics('client'),
  });
  const signIn = async (...roles: Role[]): Promise<string> => {
    const name = `somebody ${Math.random()}`;
    await accounts.add({ name, roles, password: 'correct horse' });
    return `session=${await signToken({ name, roles }, { secret, seconds: 600, now: now() })}`;
  };
  const close = async () => {
    for (const server of Object.values(servers)) await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { blog, app, closeStreams, accounts, signIn, servers, close };
}
