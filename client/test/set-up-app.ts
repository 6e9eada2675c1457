import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, type Role, silentLogger } from '@blog/kit';
import type { Express } from 'express';
import { type App, createApp } from '../server/app';
import { type Assets, entries } from '../server/assets';
import type { Accounts } from '../server/accounts/accounts';
import { openAccess } from '../server/access';
import { createServices } from '../server/services';
import { renderHere } from '../../common/kit/test/render-here';
import { testKey } from '../../common/kit/test/test-keys';
import { createFakeBlog, type FakeBlog, type FakeServer, serve } from './fake-blog';

const assets = (name: string) => ({ scripts: [`/assets/${name}-1.js`], styles: ['/assets/reader-1.css'] });

export interface TestBlog {
  blog: FakeBlog;
  app: Express;
  closeStreams: App['closeStreams'];
  accounts: Accounts;
  /** The client's data folder. */
  folder: string;
  /** Makes an account with these roles and signs it in: resolves with the cookie. */
  signIn(...roles: Role[]): Promise<string>;
  /** The fake services' servers by name, so that a test can stop one. */
  servers: Record<'posts' | 'query' | 'moderation' | 'comments', FakeServer>;
  close(): Promise<void>;
}

async function serveAll({ apps }: FakeBlog): Promise<TestBlog['servers']> {
  return {
    posts: await serve(apps.posts),
    query: await serve(apps.query),
    moderation: await serve(apps.moderation),
    comments: await serve(apps.comments),
  };
}

/** Who may do what, in a data folder of its own. */
function openTestAccess(folder: string, canSignIn: boolean) {
  const settings = {
    DATA_DIR: folder,
    AUTH_PRIVATE_KEY: canSignIn ? testKey : undefined,
    AUTH_PUBLIC_KEYS: [],
    AUTH_SECRET: undefined,
  };
  return openAccess(settings, { now: () => new Date(), logger: silentLogger });
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
  const servers = await serveAll(blog);
  const settings = {
    POSTS_URL: servers.posts.url,
    QUERY_URL: servers.query.url,
    MODERATION_URL: servers.moderation.url,
    COMMENTS_URLS: commentsUrls.length > 0 ? commentsUrls : [servers.comments.url],
  };
  const now = (): Date => new Date();
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  const access = await openTestAccess(folder, canSignIn);
  const { accounts, failedSignIns } = access;
  const { app, closeStreams } = createApp({
    ...access,
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
    const known = await accounts.find(name);
    return `session=${known && (await accounts.startSession(known, 'password'))}`;
  };
  const close = async () => {
    await failedSignIns.close();
    for (const server of Object.values(servers)) await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { blog, app, closeStreams, accounts, folder, signIn, servers, close };
}
