/**
 * npm run bench -- client [--comments N] [--rounds N]
 *
 * What a reader feels, in Chromium with a processor that is four times slower: the page of a post with so many comments
 * (default 100), each figure the median of so many rounds (5), beside its goal.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createPost, readView } from '../e2e/harness/blog';
import { startSystem, type System } from '../e2e/harness/system';
import { waitFor } from '../e2e/harness/wait-for';
import { findChromium } from '../infra/laptop/chromium.cjs';
import { openReader, ownCommentDrawn, sendComment } from './client/comment-figures';
import { sizesOf, type Vitals, vitalsOf } from './client/page-figures';
import { percentile } from './figures/percentiles';

const slowdown = 4;
const commentsSeen = 20;
const chromiumArgs = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

function optionsOf(args: string[]): { comments: number; rounds: number } {
  const type = 'string' as const;
  const { values } = parseArgs({ args, options: { comments: { type }, rounds: { type } } });
  const numberOf = (name: 'comments' | 'rounds', fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number`);
    return value;
  };
  return { comments: numberOf('comments', 100), rounds: numberOf('rounds', 5) };
}

/** A post with so many approved comments. Gives its id. */
async function aPost(system: System, comments: number): Promise<string> {
  const { id } = await createPost(system, 'A post that is talked about');
  for (let n = 0; n < comments; n += 1) await sendComment(system, id, `Comment ${n}, with *some* words to be read.`);
  const approved = async (): Promise<boolean> =>
    (await readView(system))[id]?.comments.filter(({ status }) => status === 'approved').length ===
    Math.min(comments, 100);
  await waitFor('all comments to be approved', approved, { within: 120_000 });
  return id;
}

/** Milliseconds until comments, sent one after the other, are told of in a page that another reader has open. */
async function seenByOthers(system: System, url: string, postId: string, browser: Parameters<typeof openReader>[0]) {
  const reader = await openReader(browser, url);
  const took: number[] = [];
  for (let n = 1; n <= commentsSeen; n += 1) {
    const sentAt = await sendComment(system, postId, `Look ${n}`);
    took.push((await reader.told(n)) - sentAt);
  }
  await reader.close();
  return took;
}

/** Milliseconds from the moment in which moderation is back until a comment that waited for it is told of. */
async function seenAfterReturn(system: System, url: string, postId: string, browser: Parameters<typeof openReader>[0]) {
  const reader = await openReader(browser, url);
  await system.get('moderation').stop();
  await sendComment(system, postId, 'Waiting for moderation');
  await system.get('moderation').start();
  const backAt = Date.now();
  const took = (await reader.told(1)) - backAt;
  await reader.close();
  return Math.max(0, took);
}

async function main(): Promise<void> {
  const { comments, rounds } = optionsOf(process.argv.slice(2));
  const system = await startSystem({ env: { COMMENTS_PER_MINUTE: '0', COMMENTS_PER_HOUR: '0' } });
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArgs });
  const rows: Record<string, string>[] = [];
  const row = (what: string, value: number, goal: number, unit: string, digits = 0): void =>
    void rows.push({
      what,
      value: `${value.toFixed(digits)} ${unit}`,
      goal: `<= ${goal} ${unit}`,
      met: value <= goal ? 'yes' : 'NO',
    });
  const times = async <T>(work: () => Promise<T>): Promise<T[]> => {
    const all: T[] = [];
    for (let n = 0; n < rounds; n += 1) all.push(await work());
    return all;
  };
  try {
    const postId = await aPost(system, comments);
    const url = `${system.urls.client}/posts/${postId}`;
    const sizes = await sizesOf(browser, url);
    row('JavaScript, gzip', sizes.js, 80, 'kB', 1);
    row('CSS, gzip', sizes.css, 10, 'kB', 1);
    row('fonts, gzip', sizes.fonts, 0, 'kB', 1);
    const vitals = await times(() => vitalsOf(browser, url, slowdown));
    const median = (name: keyof Vitals): number =>
      percentile(
        vitals.map((one) => one[name]),
        0.5,
      );
    row('largest contentful paint', median('lcp'), 800, 'ms');
    row('interaction to next paint', median('inp'), 100, 'ms');
    row('cumulative layout shift', median('cls'), 0.02, '', 3);
    const drawn = await times(() => ownCommentDrawn(browser, url, slowdown));
    row('own comment drawn', percentile(drawn, 0.5), 100, 'ms');
    const seen = await seenByOthers(system, url, postId, browser);
    row(`told of in another browser, p95 of ${commentsSeen}`, percentile(seen, 0.95), 1_000, 'ms');
    const back = await times(() => seenAfterReturn(system, url, postId, browser));
    row('told of after moderation is back', percentile(back, 0.5), 5_000, 'ms');
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(`A post with ${comments} comments, processor ${slowdown} times slower, median of ${rounds}`);
    console.log(`${cpus().length} processors, of which others share some: load average ${load}`);
    console.table(rows);
  } finally {
    await browser.close();
    await system.stop();
  }
}

void main();
