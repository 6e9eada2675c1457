// npm run export -- <folder>: all posts as Markdown files, and all comments, also those that are not public.
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand } from './command.mjs';
import { portsFrom, urlsOf } from './processes.cjs';
import { createBlogClient } from './transfer/blog-client.mjs';
import { writeFolder } from './transfer/folder.mjs';
import { transferToken } from './transfer/token.mjs';

const usage = `npm run export -- <folder>

Writes all posts as Markdown files, and all comments, into a new folder, while the blog runs. npm run import -- <folder> takes them over.`;

await runCommand({ usage, names: [1, 1] }, async ({ names: [given] }) => {
  const folder = resolve(given);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  const urls = urlsOf(portsFrom(process.env), process.env.HOST);
  const blog = createBlogClient({ urls, token: () => transferToken(process.env) });
  const ids = await blog.postIds();
  const posts = [];
  const comments = [];
  for (const id of ids) {
    posts.push(await blog.post(id));
    comments.push(...(await blog.comments(id)));
    if (posts.length % 100 === 0) console.log(`${posts.length} of ${ids.length} posts`);
  }
  writeFolder(folder, { posts, comments });
  console.log(`${posts.length} posts and ${comments.length} comments are in ${folder}.`);
});
