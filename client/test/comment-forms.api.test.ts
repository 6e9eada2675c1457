import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => void (test = await setUpApp()));
afterEach(() => test.close());

const get = (path: string, cookie = '') => request(test.app).get(path).set({ Accept: 'text/html', Cookie: cookie });
const post = (path: string, fields: Record<string, string>, cookie = '') =>
  request(test.app)
    .post(path)
    .type('form')
    .set({ Accept: 'text/html', Host: 'blog.example', Origin: 'http://blog.example', Cookie: cookie })
    .send(fields);

/** A post with an own comment, and the cookie of its author. */
function ownComment() {
  const { id } = test.blog.addPost({ title: 'T' });
  const comment = test.blog.addComment(id, { content: 'my words', author: 'Ada' });
  return { id, comment, cookie: `comment_tokens=${comment.token}`, path: `/posts/${id}/comments/${comment.id}` };
}

describe('A reply', () => {
  it('is typed under the comment that it answers, and stored as its answer', async () => {
    const { id, comment } = ownComment();
    const page = await get(`/posts/${id}`);
    expect(page.text).toContain(`href="?reply=${comment.id}#reply"`);
    const { text } = await get(`/posts/${id}?reply=${comment.id}`).expect(200);
    expect(text).toContain('Reply to Ada');
    expect(text).toContain(`<input type="hidden" name="parentId" value="${comment.id}"/>`);
    await post(`/posts/${id}/comments`, { content: 'well', parentId: comment.id }).expect(303);
    expect(test.blog.comments.at(-1)).toMatchObject({ content: 'well', parentId: comment.id });
  });

  it('that is refused comes back in its place with what was typed', async () => {
    const { id, comment } = ownComment();
    const { text } = await post(`/posts/${id}/comments`, { content: ' ', author: 'B', parentId: comment.id }).expect(
      400,
    );
    expect(text).toContain('Reply to Ada');
    expect(text).toContain('id="reply-content-fault"');
    expect(text).not.toContain('id="comment-content-fault"');
  });

  it('to a comment that is not there is an ordinary comment', async () => {
    const { id } = ownComment();
    expect((await get(`/posts/${id}?reply=nobody`).expect(200)).text).not.toContain('Reply to');
  });
});

describe("One's own comment", () => {
  it('is changed by a form, and is pending again', async () => {
    const { id, comment, cookie, path } = ownComment();
    const { text } = await get(`/posts/${id}?edit=${comment.id}`, cookie).expect(200);
    expect(text).toContain(`action="${path}"`);
    expect(text).toContain('my words</textarea>');
    const answer = await post(path, { intent: 'edit', content: 'better words' }, cookie).expect(303);
    expect(answer.headers['location']).toBe(`/posts/${id}#c-${comment.id}`);
    expect(test.blog.comments[0]).toMatchObject({ content: 'better words', status: 'pending' });
    expect((await get(`/posts/${id}`, cookie)).text).toContain('edited</span>');
  });

  it('can be changed until the time is over, and deleted at any time', async () => {
    const { id, comment, cookie } = ownComment();
    const links = async () => (await get(`/posts/${id}`, cookie)).text;
    expect(await links()).toContain(`?edit=${comment.id}`);
    Object.assign(test.blog.comments[0] ?? {}, { editableUntil: '2020-01-01T00:00:00Z' });
    expect(await links()).not.toContain(`?edit=${comment.id}`);
    expect(await links()).toContain(`?delete=${comment.id}`);
    expect((await get(`/posts/${id}`)).text).not.toContain('?delete=');
  });

  it('is deleted after asking', async () => {
    const { id, comment, cookie, path } = ownComment();
    const { text } = await get(`/posts/${id}?delete=${comment.id}`, cookie).expect(200);
    expect(text).toContain('Delete this comment?');
    const answer = await post(path, { intent: 'delete' }, cookie).expect(303);
    expect(answer.headers['location']).toBe(`/posts/${id}#comments`);
    expect(test.blog.comments).toEqual([]);
  });

  it('comes back with what was typed and why it was refused', async () => {
    const { id, cookie, path } = ownComment();
    const empty = await post(path, { intent: 'edit', content: ' ' }, cookie).expect(400);
    expect(empty.text).toContain('id="edit-content-fault"');
    const stranger = await post(path, { intent: 'delete' }).expect(403);
    expect(stranger.text).toContain('my words');
    expect(test.blog.comments).toHaveLength(1);
    await post(path, { intent: 'burn' }, cookie).expect(404);
    await get(path).expect(302).expect('Location', `/posts/${id}#c-${test.blog.comments[0]?.id}`);
  });
});

describe('A preview', () => {
  it('comes back with the page, and stores nothing', async () => {
    const { id, cookie, path } = ownComment();
    const { text } = await post(`/posts/${id}/comments`, { intent: 'preview', content: '**so**' }).expect(200);
    expect(text).toContain('<p><strong>so</strong></p>');
    expect(text).toContain('**so**</textarea>');
    const edit = await post(path, { intent: 'preview', content: '*this*' }, cookie).expect(200);
    expect(edit.text).toContain('<p><em>this</em></p>');
    expect(test.blog.comments).toHaveLength(1);
  });
});

describe('What a program types into the field that people do not see', () => {
  it('goes to the service, which knows what to do', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    await post(`/posts/${id}/comments`, { content: 'buy', website: 'http://spam.example' }).expect(303);
    expect(test.blog.seen.at(-1)?.body).toEqual({ content: 'buy', website: 'http://spam.example' });
    const { text } = await get(`/posts/${id}`);
    expect(text).toMatch(/aria-hidden="true"><label[^>]*>[^<]*<\/label><input[^>]*tabindex="-1"/i);
  });
});

describe('The way that a form has come', () => {
  it("is told to the services, for their limits count readers' addresses", async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    await post(`/posts/${id}/comments`, { content: 'hello' }).set('X-Forwarded-For', '203.0.113.7').expect(303);
    expect(test.blog.seen.at(-1)?.headers['x-forwarded-for']).toMatch(/^203\.0\.113\.7, .*127\.0\.0\.1$/);
  });
});

describe('A moderator', () => {
  it('finds the way to delete what others have written, and nobody else does', async () => {
    const { id, comment, path } = ownComment();
    const link = `href="?delete=${comment.id}#c-${comment.id}"`;
    expect((await get(`/posts/${id}`)).text).not.toContain(link);
    expect((await get(`/posts/${id}`, await test.signIn('author'))).text).not.toContain(link);
    const moderator = await test.signIn('moderator');
    expect((await get(`/posts/${id}`, moderator)).text).toContain(link);
    expect((await get(`/posts/${id}?delete=${comment.id}`, moderator)).text).toContain(`action="${path}"`);
  });
});
