import { setTimeout as delay } from 'node:timers/promises';

/** A service refused what was sent, in its own words. */
function refusal(method, url, status, body) {
  const faults = (body?.errors ?? []).map(({ path, message }) => `${path} ${message}`).join(', ');
  const message = `${method} ${url} answered ${status}: ${[body?.detail, faults].filter(Boolean).join(' ')}`;
  return Object.assign(new Error(message), { status });
}

/** Nobody answers: there is no use in asking for the next thing. */
export class Unreachable extends Error {
  name = 'Unreachable';
}

/** Talks to posts and comments as somebody with a token; `token()` gives one for each request. Waits where a service asks for it (429, 503). */
export function createBlogClient({ urls, token }) {
  async function request(url, { method = 'GET', json } = {}) {
    const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
    const response = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${await token()}`, ...type },
      body: json === undefined ? undefined : JSON.stringify(json),
    }).catch((error) => {
      throw new Unreachable(`Nobody answers at ${url}. Is the blog running? (npm start)`, { cause: error });
    });
    const body = await response.json().catch(() => undefined);
    if (response.status === 429 || response.status === 503) {
      await delay(1000 * (Number(response.headers.get('Retry-After')) || 1));
      return request(url, { method, json });
    }
    if (!response.ok) throw refusal(method, url, response.status, body);
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
    return { status: response.status, body, next: next === undefined ? undefined : new URL(next, url).href };
  }

  async function* pages(url) {
    for (let page = url; page !== undefined;) {
      const { body, next } = await request(page);
      yield body;
      page = next;
    }
  }

  const postUrl = (id) => `${urls.posts}/posts/${encodeURIComponent(id)}`;
  const commentsUrl = (postId) => `${urls.comments}/posts/${encodeURIComponent(postId)}/comments`;
  /** All posts as lists show them, drafts too. */
  async function posts() {
    const found = [];
    for (const list of ['/posts', '/posts?drafts=true']) {
      for await (const page of pages(`${urls.posts}${list}`)) found.push(...Object.values(page));
    }
    return found;
  }
  return {
    posts,
    post: async (id) => (await request(postUrl(id))).body,
    /** All comments of a post, page by page. */
    commentPages: (postId) => pages(commentsUrl(postId)),
    /** These give the ids of the events that carry an erasure to the others. */
    erasePost: async (id) => (await request(`${postUrl(id)}/erasure`, { method: 'POST' })).body.events,
    async eraseComment({ id, postId }) {
      const url = `${commentsUrl(postId)}/${encodeURIComponent(id)}/erasure?gone=true`;
      return (await request(url, { method: 'POST' })).body.events;
    },
    /** These say whether it is new here. */
    putPost: async ({ id, ...json }) => (await request(postUrl(id), { method: 'PUT', json })).status === 201,
    async putComment({ id, postId, ...json }) {
      const url = `${commentsUrl(postId)}/${encodeURIComponent(id)}`;
      return (await request(url, { method: 'PUT', json })).status === 201;
    },
  };
}
