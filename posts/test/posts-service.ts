import { createAuth, createMetrics, type Role, silentLogger } from '@blog/kit';
import { renderHere } from '../../common/kit/test/render-here';
import { withDocumentedAnswers } from '../../common/kit/test/documented-answers';
import { testKeys, tokenOf } from '../../common/kit/test/test-keys';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { document } from '../src/openapi';
import type { PostingLimit } from '../src/posting-limits';
import { openPostStore } from '../src/store';

export const noon = '2026-11-24T12:00:00.000Z';

/** The header of somebody with these roles. */
export const as = async (...roles: Role[]) => ({
  Authorization: `Bearer ${await tokenOf({ name: 'ana', roles }, new Date(noon))}`,
});

/** The posts service on a database of the test, with the ids `p1`, `p2` … and a clock that stands still. */
export function startPosts(
  life: TestLife,
  {
    writers = 'anyone',
    keys = testKeys,
    limit,
  }: { writers?: 'anyone' | 'authors'; keys?: typeof testKeys; limit?: PostingLimit } = {},
) {
  const file = life.file('posts.db');
  const now = () => new Date(noon);
  const store = life.closing(openPostStore({ file, now }));
  const commits: string[] = [];
  let made = 0;
  const app = createApp({
    store,
    renderer: renderHere,
    onCommit: () => void commits.push('commit'),
    newId: () => `p${(made += 1)}`,
    now,
    writers,
    ...(limit ? { limit } : {}),
    auth: createAuth({ keys, now }),
    logger: silentLogger,
    metrics: createMetrics('posts'),
  });
  return { app: withDocumentedAnswers(app, { document, life }), mounted: app, store, file, commits };
}
