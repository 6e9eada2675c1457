const givenUpAfterMs = 3_000;

/** One request without any retry: `{status, headers, text, json}`. Throws where there is no answer within 3 s. */
export async function send(url, { json, headers } = {}) {
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(url, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { ...type, ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
    signal: AbortSignal.timeout(givenUpAfterMs),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** Writes a post; gives its id. Throws unless it was acknowledged. */
export async function createPost({ urls }, title) {
  const answer = await send(`${urls.posts}/posts`, { json: { title } });
  if (answer.status !== 201) throw new Error(`POST /posts answered ${answer.status}: ${answer.text}`);
  return answer.json().id;
}

/** Writes a comment by one of the replicas; gives its id. Throws unless it was acknowledged. */
export async function createComment({ urls }, postId, content, replica = 'comments') {
  const answer = await send(`${urls[replica]}/posts/${postId}/comments`, { json: { content } });
  if (answer.status !== 201) throw new Error(`POST comments answered ${answer.status}: ${answer.text}`);
  return answer.headers.get('Location').split('/').at(-1);
}

/** A post with its comments, as readers get it; undefined while it isn't there. */
export async function readPost({ urls }, id) {
  const answer = await send(`${urls.query}/posts/${id}`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`GET /posts/${id} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}
