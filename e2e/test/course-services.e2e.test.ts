/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createClient } from '../harness/course/client';
import { read, send } from '../harness/send';
import type { ServiceName, System } from '../harness/system';
import { useSystem } from '../harness/use-system';
import { eventually, waitFor } from '../harness/wait-for';

interface Comment {
  id: string;
  content: string;
  status: string;
}
interface Post {
  id: string;
  title: string;
}
type View = Record<string, Post & { comments: Comment[] }>;

jest.setTimeout(60_000);

const servers = ['event-bus', 'posts', 'comments', 'comments-2', 'comments-3', 'moderation', 'query'] as const;

async function createPost(system: System, title: string): Promise<Post> {
  const answer = await send<Post>(`${system.urls.posts}/posts`, { json: { title } });
  expect(answer.status).toBe(201);
  return answer.json();
}

async function createComment(system: System, postId: string, content: string): Promise<Comment> {
  const answer = await send<Comment[]>(`${system.urls.comments}/posts/${postId}/comments`, { json: { content } });
  expect(answer.status).toBe(201);
  const comment = answer.json().find((item) => item.content === content);
  expect(comment).toMatchObject({ content, status: 'pending' });
  return comment as Comment;
}

/** The statuses of a post's comments in the view, by comment id; undefined until the post is there. */
async function statusesInView(system: System, postId: string): Promise<Record<string, string> | undefined> {
  const view = await read<View>(`${system.urls.query}/posts`);
  const comments = view[postId]?.comments;
  return comments && Object.fromEntries(comments.map(({ id, status }) => [id, status]));
}

function carriesCommentsFromPostToView(getSystem: () => System): void {
  it('carries a post and its comments, with their verdicts, to the view', async () => {
    const system = getSystem();
    const post = await createPost(system, 'Fruit');
    const other = await createPost(system, 'Vegetables');
    await eventually('both posts in the view', async () =>
      expect(await read(`${system.urls.query}/posts`)).toMatchObject({ [post.id]: post, [other.id]: other }),
    );

    const apple = await createComment(system, post.id, 'an apple');
    const orange = await createComment(system, post.id, 'an orange');
    const leek = await createComment(system, other.id, 'a leek');
    await eventually('all verdicts in the view', async () => {
      expect(await statusesInView(system, post.id)).toEqual({ [apple.id]: 'approved', [orange.id]: 'rejected' });
      expect(await statusesInView(system, other.id)).toEqual({ [leek.id]: 'approved' });
    });
    const view = await read<View>(`${system.urls.query}/posts`);
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
