import { createMetrics, silentLogger } from '@blog/kit';
import type { TestLife } from '../../common/kit/test/test-life';
import { createApp } from '../src/app';
import { defaultRules } from '../src/domain';
import { openVerdictStore } from '../src/store';

/** The moderation service on a database of the test, with the default rules. */
export function startModeration(life: TestLife) {
  const file = life.file('moderation.db');
  const store = life.closing(openVerdictStore({ file, now: () => new Date('2026-11-24T12:00:00.000Z') }));
  const commits: string[] = [];
  const app = createApp({
    store,
    rules: defaultRules,
    onCommit: () => void commits.push('commit'),
    logger: silentLogger,
    metrics: createMetrics('moderation'),
  });
  return { app, store, file, commits };
}

export function written(id: string, content = 'Nice') {
  return { type: 'CommentCreated', id: `e-${id}`, data: { id, content, postId: 'p1', status: 'pending' } };
}
