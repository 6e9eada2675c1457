import assert from 'node:assert/strict';
import { createComment, createPost, readPost, send } from './http.mjs';

/** The way of posts and comments through all services, over the published ports. */
export async function checkSmoke({ system, check, until }) {
  const { urls } = system;
  let postId;

  await check('a post is taken and reaches the readers', async () => {
    postId = await createPost(system, 'Hello from a container');
    const post = await until('the post in the view', () => readPost(system, postId));
    assert.equal(post.title, 'Hello from a container');
  });

  await check('a comment sent to any of the replicas is judged', async () => {
    const wanted = {};
    for (const replica of ['comments', 'comments-2', 'comments-3']) {
      wanted[await createComment(system, postId, `By ${replica}`, replica)] = 'approved';
      wanted[await createComment(system, postId, `orange by ${replica}`, replica)] = 'rejected';
    }
    await until('all verdicts in the view', async () => {
      const { comments } = await readPost(system, postId);
      assert.deepEqual(Object.fromEntries(comments.map(({ id, status }) => [id, status])), wanted);
      return true;
    });
  });

  await check('the pages show both, with their style sheet, and pass /api on', async () => {
    const front = await send(urls.client);
    assert.match(front.text, /Hello from a container/);
    const page = await send(`${urls.client}/posts/${postId}`);
    assert.match(page.text, /By comments-3/);
    assert.doesNotMatch(page.text, /orange by/);
    const style = /<link[^>]+href="(\/assets\/[^"]+\.css)"/.exec(page.text)?.[1];
    assert.equal((await send(`${urls.client}${style}`)).status, 200);
    assert.ok(postId in (await send(`${urls.client}/api/posts/posts`)).json());
  });

  await check('the log holds what happened, signed between services and bus', async () => {
    const events = (await send(`${urls['event-bus']}/events`)).json();
    const types = new Set(events.map(({ type }) => type));
    for (const type of ['PostCreated', 'CommentCreated', 'CommentModerated', 'CommentUpdated']) {
      assert.ok(types.has(type), type);
    }
    const forged = { type: 'PostCreated', data: { id: 'forged', title: 'Forged' } };
    assert.equal((await send(`${urls['event-bus']}/events`, { json: forged })).status, 401);
  });
}

const away = ['event-bus', 'moderation'];

/** Readiness and liveness are a process's own. */
export async function checkOutage({ system, check }) {
  const { urls } = system;
  await check('who is away makes nobody else unready or dead', async () => {
    await system.docker(['stop', '--time', '10', ...away.map((name) => system.ids[name])]);
    for (const name of system.names.filter((name) => !away.includes(name))) {
      for (const path of ['/healthz', '/readyz']) {
        assert.equal((await send(urls[name] + path)).status, 200, name + path);
      }
    }
    await system.docker(['start', ...away.map((name) => system.ids[name])]);
    await system.untilReady('event-bus');
    await system.untilReady('moderation');
  });
}
