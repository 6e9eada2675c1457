/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost, type Post, servers } from '../harness/blog';
import { areDone, deadLetters, group, isDelivered, seen } from '../harness/course-view';
import { keepRunning } from '../harness/keep-running';
import type { ServiceName, System } from '../harness/system';
import { useFreshSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(240_000);

const theirs: ServiceName[] = ['posts', 'comments', 'moderation', 'query'];
const groups = ['comments', 'moderation', 'query'];

const untilDone = (system: System) =>
  waitFor('every event to be delivered', () => areDone(system, groups), { within: 120_000 });

async function untilSeen(system: System, post: Post, ...comments: string[]): Promise<void> {
  await eventually(`${comments.join(', ')} in the view`, async () =>
    expect(await seen(system, post)).toEqual(comments),
  );
}

/** A post, with a comment that has its verdict. */
async function aPost(system: System, title = 'Fruit'): Promise<Post> {
  const post = await createPost(system, title);
  await createComment(system, post.id, 'first');
  await untilSeen(system, post, 'first/approved');
  return post;
}

/** What was right stays right: nothing comes again, and nothing more. */
async function expectStillSeen(system: System, post: Post, ...comments: string[]): Promise<void> {
  await untilDone(system);
  expect(await seen(system, post)).toEqual(comments);
}

describe("The course's query, killed on our bus", () => {
  const getSystem = useFreshSystem({ only: servers, course: theirs });

  it('shows each comment once, and none pending for ever, when it missed some and reads the history itself', async () => {
    const system = getSystem();
    const query = system.get('query');
    const post = await aPost(system);
    await query.kill('SIGKILL');
    await createComment(system, post.id, 'second');
    await waitFor('the bus to know that it is away', async () => (await group(system, 'query')).state === 'down');
    await query.start();
    await untilSeen(system, post, 'first/approved', 'second/approved');
    await createComment(system, post.id, 'third');
    await untilSeen(system, post, 'first/approved', 'second/approved', 'third/approved');
    await expectStillSeen(system, post, 'first/approved', 'second/approved', 'third/approved');
    expect(await deadLetters(system)).toEqual([]);
  });

  it('shows the same when it is killed with an event in its hands', async () => {
    const system = getSystem();
    const query = system.get('query');
    const post = await aPost(system);
    await query.kill('SIGSTOP');
    await createComment(system, post.id, 'second');
    await waitFor('an event on its way to it', async () => (await group(system, 'query')).inFlight > 0);
    await query.kill('SIGKILL');
    await createComment(system, post.id, 'third');
    await waitFor('the bus to know that it is away', async () => (await group(system, 'query')).state === 'down');
    await query.start();
    await untilSeen(system, post, 'first/approved', 'second/approved', 'third/approved');
    await expectStillSeen(system, post, 'first/approved', 'second/approved', 'third/approved');
  });

  it('shows the same when the bus is killed with it', async () => {
    const system = getSystem();
    const [query, bus] = [system.get('query'), system.get('event-bus')];
    const post = await aPost(system);
    await query.kill('SIGKILL');
    await createComment(system, post.id, 'second');
    // The course's moderation dies for good if the bus is away while it publishes.
    await waitFor('all but query to be done', () => areDone(system, ['comments', 'moderation']));
    await bus.kill('SIGKILL');
    await bus.start();
    await waitFor('the bus to know that it is away', async () => (await group(system, 'query')).state === 'down');
    await query.start();
    await untilSeen(system, post, 'first/approved', 'second/approved');
    await expectStillSeen(system, post, 'first/approved', 'second/approved');
  });
});

// Our query shows nobody the text of a comment that isn't approved.
describe.each<[string, ServiceName[], string]>([
  ['among their own', theirs, 'forgotten/pending'],
  ['among ours', ['comments'], '/pending'],
])("The course's comments, killed on our bus, %s", (_where, course, forgotten) => {
  const getSystem = useFreshSystem({ only: servers, course });

  it('is up again after at most nine deaths by a verdict on a comment that it forgot; others get theirs', async () => {
    const system = getSystem();
    const [comments, moderation] = [system.get('comments'), system.get('moderation')];
    const post = await aPost(system);
    await moderation.kill('SIGSTOP');
    await createComment(system, post.id, 'forgotten');
    await waitFor('the comment at moderation', async () => (await group(system, 'moderation')).inFlight > 0);
    await comments.kill('SIGKILL');
    await comments.start();
    const kept = keepRunning(comments);
    try {
      await moderation.kill('SIGCONT');
      await waitFor('its first death', () => kept.deaths() > 0);
      const other = await createPost(system, 'Vegetables');
      await waitFor('the other post at comments', () => isDelivered(system, other, 'comments'));
      await waitFor('the dead letter', async () => (await deadLetters(system)).length > 0);
      expect(await deadLetters(system)).toMatchObject([{ group: 'comments', type: 'CommentModerated', key: post.id }]);
      await untilDone(system);
      const deaths = kept.deaths();
      // The first one tells only that something broke it; then the verdict is tried alone, eight times.
      expect(deaths).toBeLessThanOrEqual(9);
      await createComment(system, post.id, 'afterwards');
      await untilSeen(system, post, 'first/approved', forgotten, 'afterwards/approved');
      expect(kept.deaths()).toBe(deaths);
    } finally {
      await kept.leave();
    }
  });

  it('is not killed by a verdict that it has had when our bus is killed', async () => {
    const system = getSystem();
    const [comments, bus] = [system.get('comments'), system.get('event-bus')];
    const post = await aPost(system);
    await untilDone(system);
    await bus.kill('SIGKILL');
    await comments.kill('SIGKILL');
    await bus.start();
    await comments.start();
    const kept = keepRunning(comments);
    try {
      await createComment(system, post.id, 'second');
      await untilSeen(system, post, 'first/approved', 'second/approved');
      expect(kept.deaths()).toBe(0);
    } finally {
      await kept.leave();
    }
  });
});

describe("The course's moderation, killed on our bus", () => {
  const getSystem = useFreshSystem({ only: servers, course: theirs });

  it('judges what it missed and what it had in its hands, once it is back', async () => {
    const system = getSystem();
    const moderation = system.get('moderation');
    const post = await aPost(system);
    await moderation.kill('SIGSTOP');
    await createComment(system, post.id, 'an orange');
    await waitFor('an event on its way to it', async () => (await group(system, 'moderation')).inFlight > 0);
    await moderation.kill('SIGKILL');
    await createComment(system, post.id, 'an apple');
    await moderation.start();
    await untilSeen(system, post, 'first/approved', 'an orange/rejected', 'an apple/approved');
    await expectStillSeen(system, post, 'first/approved', 'an orange/rejected', 'an apple/approved');
  });
});

describe("The course's services, all killed on our bus", () => {
  const getSystem = useFreshSystem({ only: servers, course: theirs });

  it('show what they showed before, and go on, when the bus is killed too', async () => {
    const system = getSystem();
    const post = await aPost(system);
    await untilDone(system);
    await Promise.all(system.all.map((one) => one.kill('SIGKILL')));
    await system.get('event-bus').start();
    await system.start();
    await untilSeen(system, post, 'first/approved');
    const next = await createPost(system, 'Vegetables');
    await createComment(system, next.id, 'an orange');
    await createComment(system, post.id, 'second');
    await untilSeen(system, next, 'an orange/rejected');
    await untilSeen(system, post, 'first/approved', 'second/approved');
    expect(await deadLetters(system)).toEqual([]);
  });

  it('show each comment once when only the bus is killed under them', async () => {
    const system = getSystem();
    const bus = system.get('event-bus');
    const post = await aPost(system);
    await untilDone(system);
    await bus.kill('SIGKILL');
    await bus.start();
    await createComment(system, post.id, 'second');
    await untilSeen(system, post, 'first/approved', 'second/approved');
    await expectStillSeen(system, post, 'first/approved', 'second/approved');
  });
});
