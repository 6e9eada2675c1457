/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import type { Page } from 'playwright-core';
import { createComment, createPost } from '../harness/blog';
import { signedIn, studioSettings, untilQueue } from '../harness/studio';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';

jest.setTimeout(90_000);

const system = useSystem({ env: studioSettings });
const newWindow = useBrowser();

async function openRules(name: string): Promise<Page> {
  const page = await signedIn(system(), await newWindow(), name, 'moderator');
  await page.goto(`${system().urls.client}/review`);
  await page.getByRole('link', { name: 'Rules' }).click();
  await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
  await page.getByRole('button', { name: 'Save rules' }).waitFor();
  return page;
}

/** A new rule at the end of the form, which holds comments with this word. */
async function addRule(page: Page, word: string) {
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const rule = page.getByRole('group', { name: 'A new rule' });
  await rule.getByLabel('Words, one to a line').fill(word);
  await rule.getByLabel('Name').fill(`on ${word}`);
}

describe('The rules in a browser', () => {
  it('are tried on what there is before they are saved, and count from then on', async () => {
    const page = await openRules('ana');
    const post = await createPost(system(), 'Pets');
    await createComment(system(), post.id, 'A parrot');
    await createComment(system(), post.id, 'A dog');
    await untilQueue(page, 'approved', (items) => items.length === 2);
    await addRule(page, 'parrot');
    await page.getByText('Not saved yet.').waitFor();
    await page.getByRole('button', { name: 'Try on the newest 100 comments' }).click();
    const tried = page.getByRole('status').filter({ hasText: '1 of the newest comments would be treated differently' });
    await expect(tried.getByRole('listitem').allInnerTexts()).resolves.toEqual([
      expect.stringMatching(/A parrot\s+Approved → Pending by rule on parrot/),
    ]);
    await untilQueue(page, 'approved', (items) => items.length === 2);

    // What was changed outlives a look at the queue.
    await page.getByRole('link', { name: 'Back to the queue' }).click();
    await page.getByRole('link', { name: 'Approved 2' }).waitFor();
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByRole('button', { name: 'Move “on parrot” up' }).click();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText('Saved. They count from the next comment on.').waitFor();
    await createComment(system(), post.id, 'Another parrot, with an orange');
    await untilQueue(page, 'pending', ([first]) => first?.content === 'Another parrot, with an orange');
  });

  it('name the field that is refused, and don’t overwrite what somebody else has saved', async () => {
    const [mine, theirs] = [await openRules('ben'), await openRules('cleo')];
    await addRule(mine, '');
    await mine.getByRole('button', { name: 'Save rules' }).click();
    await mine.getByText('must not be empty').waitFor();
    await mine.getByLabel('Words, one to a line').last().fill('snake');
    await addRule(theirs, 'spider');
    await theirs.getByRole('button', { name: 'Save rules' }).click();
    await theirs.getByText('Saved.').waitFor();
    await mine.getByRole('button', { name: 'Save rules' }).click();
    await mine.getByText('Somebody else changed the rules meanwhile.').waitFor();
    await mine.getByRole('button', { name: 'Load again' }).click();
    await mine.getByRole('group', { name: 'on spider' }).waitFor();
  });
});
