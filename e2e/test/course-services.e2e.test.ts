/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { type Comment, createComment, createPost, readView, servers, statusesInView } from '../harness/blog';
import { createClient } from '../harness/course/client';
import { read } from '../harness/send';
import type { ServiceName, System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

jest.setTimeout(60_000);

function carriesCommentsFromPostToView(getSystem: () => System): void {
  it('carries a post and its comments, with their verdicts, to the view', async () => {
    const system = getSystem();
    const post = await createPost(system, 'Fruit');
    const other = await createPost(system, 'Vegetables');
    await eventually('both posts in the view', async () =>
      expect(await readView(system)).toMatchObject({ [post.id]: post, [other.id]: other }),
    );

    const apple = await createComment(system, post.id, 'an apple');
    const orange = await createComment(system, post.id, 'an orange');
    const leek = await createComment(system, other.id, 'a leek');
    await eventually('all verdicts in the view', async () => {
      expect(await statusesInView(system, post.id)).toEqual({ [apple.id]: 'approved', [orange.id]: 'rejected' });
      expect(await statusesInView(system, other.id)).toEqual({ [leek.id]: 'approved' });
    });
    const view = await readView(system);
    expect(view[post.id]).toMatchObject({ id: post.id, title: 'Fruit' });
    expect(view[post.id]?.comments.find(({ id }) => id === apple.id)).toMatchObject({ content: 'an apple' });

    const atTheSource = `${system.urls.comments}/posts/${post.id}/comments`;
    await eventually('both verdicts at the comments service', async () =>
      expect((await read<Comment[]>(atTheSource)).map(({ id, status }) => ({ id, status }))).toEqual([
        { id: apple.id, status: 'approved' },
        { id: orange.id, status: 'rejected' },
      ]),
    );
  });
}

describe('the course services among themselves', () => {
  const all: ServiceName[] = ['event-bus', 'posts', 'comments', 'moderation', 'query'];
  carriesCommentsFromPostToView(useSystem({ only: servers, course: all }));
});

describe.each<ServiceName>(['posts', 'comments', 'moderation', 'query', 'event-bus'])(
  "the course's %s among our services",
  (service) => carriesCommentsFromPostToView(useSystem({ only: servers, course: [service] })),
);

describe('our services', () => {
  const getSystem = useSystem({ only: servers });
  carriesCommentsFromPostToView(getSystem);

  it("serve the course's client", async () => {
    const { urls } = getSystem();
    const client = createClient({ postsUrl: urls.posts, commentsUrl: urls.comments, queryUrl: urls.query });
    await client.createPost('From the course');
    const findPost = async () => (await client.fetchPosts()).find(({ title }) => title === 'From the course');
    const { id } = await waitFor('the post in the list', findPost);

    await client.createComment(id, 'an apple');
    await client.createComment(id, 'an orange');
    await eventually('the comments as the course shows them', async () =>
      expect(client.renderComments((await findPost())?.comments ?? [])).toEqual([
        'an apple',
        'This comment has been rejected',
      ]),
    );
  });
});
