// npm run seed: a dozen posts with comments, through the public routes only. A post whose title exists is left alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './command.mjs';
import { portsFrom, root, urlsOf } from './processes.cjs';
import { parseSeed } from './seed-format.mjs';

const folder = join(root, 'infra', 'laptop', 'seed');
const urls = urlsOf(portsFrom(process.env), process.env.HOST);

/** One request; waits and repeats where the service asks for it (429, 503). Throws for any other failure. */
async function request(url, { method = 'GET', json } = {}) {
  const body =
    json === undefined ? {} : { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(url, { method, ...body }).catch(() => {
    throw new Error(`Nobody answers at ${url}. Is the blog running? (npm start)`);
  });
  if (response.status === 429 || response.status === 503) {
    await response.arrayBuffer();
    await delay(1000 * (Number(response.headers.get('Retry-After')) || 1));
    return request(url, { method, json });
  }
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
  return { headers: response.headers, json: await response.json() };
}

/** The titles of all posts, page by page. */
async function existingTitles() {
  const titles = new Set();
  for (let url = `${urls.posts}/posts`; url !== undefined;) {
    const { headers, json } = await request(url);
    for (const { title } of Object.values(json)) titles.add(title);
    const next = /<([^>]+)>;\s*rel="next"/.exec(headers.get('Link') ?? '')?.[1];
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return titles;
}

async function addComments(postId, comments) {
  let lastTopLevel;
  for (const { author, content, isReply } of comments) {
    const parent = isReply && lastTopLevel !== undefined ? { parentId: lastTopLevel } : {};
    const url = `${urls.comments}/posts/${postId}/comments`;
    const { headers } = await request(url, { method: 'POST', json: { author, content, ...parent } });
    if (!isReply) lastTopLevel = headers.get('Location')?.split('/').at(-1);
  }
}

const usage = `npm run seed

Fills the blog with a dozen posts and their comments, while it runs. A post whose title is there is left alone.`;

await runCommand({ usage }, async () => {
  const titles = await existingTitles();
  const seeds = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => parseSeed(readFileSync(join(folder, name), 'utf8')));
  const missing = seeds.filter(({ title }) => !titles.has(title));
  for (const { title, tags, body, comments } of missing) {
    const { json: post } = await request(`${urls.posts}/posts`, { method: 'POST', json: { title, tags, body } });
    await addComments(post.id, comments);
    console.log(`+ ${title} (${comments.length} comments)`);
  }
  console.log(
    `${missing.length} posts added, ${seeds.length - missing.length} were there already. Read them: ${urls.client}`,
  );
});
