/**
 * npm run bench -- comment [comments]
 *
 * The time from a comment's POST to its approved place in query's answer, one comment after another on an idle system:
 * ours (every hop durable) beside course-style services (in memory), in turns, in one run. Then the memory of our
 * eight idle processes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { read, send } from '../e2e/harness/send';
import { startSystem, type System } from '../e2e/harness/system';
import { residentMegabytes } from './figures/memory';
import { percentile } from './figures/percentiles';

interface Comment {
  id: string;
  status: string;
}
type View = Record<string, { comments: Comment[] }>;

const rounds = 8;
const courseServices = ['posts', 'comments', 'query', 'moderation', 'event-bus'] as const;

/** Milliseconds until one new comment is approved in query's answer, which is asked for again and again. */
async function timeOneComment(system: System, postId: string): Promise<number> {
  const started = performance.now();
  const answer = await send<Comment[]>(`${system.urls.comments}/posts/${postId}/comments`, {
    json: { content: 'nice' },
  });
  const id = answer.json().at(-1)?.id;
  for (;;) {
    const view = await read<View>(`${system.urls.query}/posts`);
    if (view[postId]?.comments.some((comment) => comment.id === id && comment.status === 'approved')) {
      return performance.now() - started;
    }
    await delay(1);
  }
}

async function timeRound(system: System, comments: number): Promise<number[]> {
  const post = await send<{ id: string }>(`${system.urls.posts}/posts`, { json: { title: 'Timed' } });
  const times: number[] = [];
  for (let n = 0; n < comments; n += 1) times.push(await timeOneComment(system, post.json().id));
  return times;
}

function row(name: string, times: number[], durable: string): Record<string, string> {
  const ms = (share: number): string => percentile(times, share).toFixed(1);
  return { services: name, comments: String(times.length), 'median ms': ms(0.5), 'p99 ms': ms(0.99), durable };
}

async function main(): Promise<void> {
  const wanted = Number(process.argv[2] ?? 200);
  const ours = await startSystem();
  const course = await startSystem({ only: courseServices, course: courseServices });
  try {
    const times = { ours: [] as number[], course: [] as number[] };
    for (const system of [ours, course]) await timeRound(system, 5);
    for (let n = 0; n < rounds; n += 1) {
      times.ours.push(...(await timeRound(ours, Math.ceil(wanted / rounds))));
      times.course.push(...(await timeRound(course, Math.ceil(wanted / rounds))));
    }
    console.table([row('ours', times.ours, 'fsynced at every hop'), row('course', times.course, 'no')]);
    const ratio = percentile(times.ours, 0.5) / percentile(times.course, 0.5);
    console.log(`median: ${ratio.toFixed(2)} times the course's (goal: at most 3)`);

    const memory = await Promise.all(
      ours.all.map(async ({ name, pid }) => ({ name, MB: await residentMegabytes(pid ?? 0) })),
    );
    console.table(memory.map(({ name, MB }) => ({ process: name, 'resident MB': MB.toFixed(0) })));
    const total = memory.reduce((sum, { MB }) => sum + MB, 0);
    console.log(`eight processes, idle: ${total.toFixed(0)} MB resident (goal: at most 700)`);
  } finally {
    await Promise.all([ours.stop(), course.stop()]);
  }
}

void main();
