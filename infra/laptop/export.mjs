// npm run export -- <folder | file>: all posts as Markdown files, and all comments, or a file that WordPress or Disqus's readers take.
import { resolve } from 'node:path';
import { runCommand } from './command.mjs';
import { portsFrom, urlsOf } from './processes.cjs';
import { requireFree, writeBeside } from './transfer/beside.mjs';
import { createBlogClient } from './transfer/blog-client.mjs';
import { readBlog } from './transfer/blog-contents.mjs';
import { transferToken } from './transfer/token.mjs';
import { writeFolder } from './transfer/write-folder.mjs';
import { writeDisqus, writeWordPress } from './transfer/write-xml.mjs';

const usage = `npm run export -- <folder> | <file.xml> --format wordpress|disqus

Writes all posts as Markdown files, and all comments, also those that are not public, into a new folder, while the blog runs.
npm run import -- <folder> takes them over.

  --format wordpress    writes a file for WordPress (WXR): posts and comments, as HTML
  --format disqus       writes a file as Disqus does, which many comment systems read: public comments`;

const writers = { folder: writeFolder, wordpress: writeWordPress, disqus: writeDisqus };
const options = { format: { type: 'string', default: 'folder' } };

await runCommand({ usage, options, names: [1, 1] }, async ({ values: { format }, names: [given] }) => {
  const write = Object.hasOwn(writers, format) ? writers[format] : undefined;
  if (write === undefined) throw new Error(`--format must be one of ${Object.keys(writers).join(', ')}.`);
  const target = resolve(given);
  requireFree(target);
  const urls = urlsOf(portsFrom(process.env), process.env.HOST);
  const publicUrl = (process.env.PUBLIC_URL ?? urls.client).replace(/\/+$/, '');
  const contents = await readBlog(createBlogClient({ urls, token: () => transferToken(process.env) }));
  await writeBeside(target, (path) => write(path, contents, { publicUrl }));
  const { posts, comments } = contents.counts;
  contents.close();
  console.log(`${posts} posts and ${comments} comments are in ${target}.`);
});
