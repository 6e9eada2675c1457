// npm run import -- <folder | file>: takes over posts and comments. What is there already is left alone.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand } from './command.mjs';
import { portsFrom, urlsOf } from './processes.cjs';
import { createBlogClient } from './transfer/blog-client.mjs';
import { checkAll } from './transfer/check.mjs';
import { planLines, planOf } from './transfer/plan.mjs';
import { createProgress } from './transfer/progress.mjs';
import { writeReport } from './transfer/report.mjs';
import { readSource } from './transfer/sources.mjs';
import { createSpool } from './transfer/spool.mjs';
import { transferToken } from './transfer/token.mjs';
import { writeAll } from './transfer/write.mjs';

const usage = `npm run import -- <folder | file> [--dry-run] [--report file.json]

Takes over posts and comments while the blog runs: from a folder of npm run export, or of Markdown files of Hugo, Jekyll, Eleventy or
Astro; from an export of WordPress or Disqus, a database of Isso, or a backup of Remark42. All of it is read and checked before
anything is stored. What is there already is left alone, so that it can be repeated, and goes on where it was ended.

  --dry-run             says what would be done, and does nothing
  --report file.json    writes a line of JSON on each post and each comment: what became of it, and why`;

const options = { 'dry-run': { type: 'boolean', default: false }, report: { type: 'string' } };

/** Reads and checks everything; says how far it is, if that takes long. */
async function readAll(path, spool, blog) {
  const size = existsSync(path) && statSync(path).isFile() ? statSync(path).size : 0;
  const progress = size > 20 * 1024 * 1024 ? createProgress('bytes read', size) : undefined;
  let read = 0;
  const onRead = (bytes) => progress?.at((read += bytes));
  try {
    const found = await readSource(path, spool, { posts: blog.posts, onRead });
    checkAll(spool, found);
    return found;
  } finally {
    progress?.end();
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await runCommand({ usage, options, names: [1, 1] }, async ({ values, names: [given] }) => {
  const urls = urlsOf(portsFrom(process.env), process.env.HOST);
  const blog = createBlogClient({ urls, token: () => transferToken(process.env) });
  const spool = createSpool();
  try {
    const path = resolve(given);
    const found = await readAll(path, spool, blog);
    const plan = planOf(spool);
    for (const line of planLines(plan, { ...found, path })) console.log(line);
    const problems = found.problems ?? [];
    for (const problem of problems) console.error(`! ${problem}`);
    const refused = values['dry-run'] ? 0 : await writeAll(spool, blog);
    if (values['dry-run']) console.log('Nothing was stored: this was a dry run.');
    if (values.report) writeReport(resolve(values.report), spool);
    if (refused + problems.length + plan.losses > 0) process.exitCode = 1;
  } finally {
    spool.close();
  }
});
