/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { commentWith } from '../harness/browser-pages';
import { createComment, createPost } from '../harness/blog';
import { holdCats, signedIn, studioSettings, untilQueue } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(120_000);

const system = useSystem({ env: studioSettings });
const newWindow = useBrowser();

const count = 30;

describe('What is approved in one window', () => {
  it(`shows in a reader's without a reload, ${count} times`, async () => {
    const moderator = await signedIn(system(), await newWindow(), 'ana', 'moderator');
    await holdCats(moderator);
    const post = await createPost(system(), 'Watched');
    for (let n = 1; n <= count; n++) await createComment(system(), post.id, `A cat, number ${n}.`);
    await untilQueue(moderator, 'pending', (items) => items.length === count);
    const reader = await (await newWindow()).newPage();
    await eventually('the post to be there', async () => {
      const answer = await reader.goto(`${system().urls.client}/posts/${post.id}/watched`);
      expect(answer?.status()).toBe(200);
    });
    await reader.getByText('No comments yet.').waitFor();
    await moderator.goto(`${system().urls.client}/review`);
    await moderator.getByRole('article').first().waitFor();

    const took: number[] = [];
    for (let n = 1; n <= count; n++) {
      const seen = reader.getByRole('button', { name: n === 1 ? '1 new comment' : `${n} new comments`, exact: true });
      const start = performance.now();
      await moderator.keyboard.press('a');
      await seen.waitFor();
      took.push(performance.now() - start);
      await moderator
        .getByRole('button', { name: 'Undo', exact: true })
        .nth(n - 1)
        .waitFor();
    }
    const sorted = took.toSorted((a, b) => a - b);
    const [median, p95] = [0.5, 0.95].map((part) => sorted[Math.ceil(count * part) - 1]?.toFixed(0));
    process.stdout.write(`approved in /review, seen by a reader: ${count} times, median ${median} ms, p95 ${p95} ms\n`);

    await reader.getByRole('button', { name: `${count} new comments` }).click();
    await commentWith(reader, 'number 30.').waitFor();
    await expect(reader.getByRole('article').filter({ hasText: 'A cat' }).count()).resolves.toBe(count);
  });
});
