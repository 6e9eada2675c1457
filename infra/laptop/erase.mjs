// npm run erase -- --comment ID | --author HASH | --post ID: takes texts and names out of every store, and out of the log.
import { createInterface } from 'node:readline/promises';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createBusClient } from './bus/client.mjs';
import { runCommand } from './command.mjs';
import { entriesOf, noteErased } from './erase/audit.mjs';
import { waitForAll } from './erase/pending.mjs';
import { findQuotes, findWanted } from './erase/plan.mjs';
import { portsFrom, root, urlsOf } from './processes.cjs';
import { createBlogClient } from './transfer/blog-client.mjs';
import { transferToken } from './transfer/token.mjs';

const usage = `npm run erase -- --comment <id> | --author <hash> | --post <id> … [--yes]

Takes the texts, and the names of their authors, out of every store and out of the log, for good, while the blog runs. Each
option may be there several times; a post goes with its comments, an author (the authorId or the addressHash of an event) with
all that they wrote, also what was deleted before. It shows what it would take, and asks.

  --also-comments-that-contain <text>   comments of others that quote a text, or a name
  --yes                                 does not ask
  --pending                             erases nothing: says what of the newest 200 erasures is not done yet
  --wait <seconds>                      gives up when nothing has happened for so long (60), and says what is pending

It can be repeated at any time, also after it was interrupted. What it can't reach: older backups and exports (docs/erasing.md).`;

const type = 'string';
const options = {
  comment: { type, multiple: true, default: [] },
  author: { type, multiple: true, default: [] },
  post: { type, multiple: true, default: [] },
  'also-comments-that-contain': { type, multiple: true, default: [] },
  yes: { type: 'boolean', default: false },
  pending: { type: 'boolean', default: false },
  wait: { type, default: '60' },
};

function readWanted(values) {
  const { comment: comments, author: authors, post: posts, 'also-comments-that-contain': containing } = values;
  const wanted = { comments, authors, posts, containing };
  const all = Object.values(wanted).flat();
  if (all.length === 0) throw new Error(`What is to be erased?\n\n${usage}`);
  if (all.some((text) => text.trim() === '')) throw new Error('An id, a hash or a text is empty.');
  const seconds = Number(values.wait);
  if (!(seconds > 0)) throw new Error('--wait takes a number of seconds.');
  return { wanted, seconds };
}

const linesOf = (kind, found) =>
  found.map(({ id, events, erased }) => `  ${kind} ${id}: ${events} events with texts, ${erased} erased already`);

async function showPlan(bus, plan) {
  const lines = [...linesOf('comment', plan.comments), ...linesOf('post', plan.posts)];
  for (const id of plan.unknownPosts) lines.push(`  post ${id}: no event tells of it; a draft, if it is there`);
  const quotes = await findQuotes(bus, plan);
  if (quotes.length > 0) {
    const list = quotes.map(({ kind, id }) => `  ${kind} ${id}`);
    lines.push('', 'These hold one of the texts too, and stay unless you name them:', ...list);
  }
  console.log(['To be erased, with the rows and copies that the services have of it:', ...lines].join('\n'));
}

async function confirm() {
  if (!process.stdin.isTTY) throw new Error('Nobody can be asked here: say --yes.');
  const ask = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await ask.question('\nThis can not be undone. Erase it? (yes/no) ');
  ask.close();
  return answer.trim().toLowerCase() === 'yes';
}

/** Has posts and comments erase what they own; gives the ids of the events that carry it to the others. */
async function begin(blog, { comments, posts, unknownPosts }) {
  const events = [];
  for (const id of [...posts.map((post) => post.id), ...unknownPosts]) events.push(...(await blog.erasePost(id)));
  for (const comment of comments) events.push(...(await blog.eraseComment(comment)));
  return events;
}

const dataDirOf = (env) => resolve(root, env.DATA_DIR ?? 'data');

/** Copies that no process has open: what was there before a repair, or before a restore. */
function filesToDelete() {
  const dataDir = dataDirOf(process.env);
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  return names.filter((name) => /\.damaged-\d+/.test(name) || name.startsWith('before-restore-'));
}

async function report({ pending, damaged }) {
  for (const name of filesToDelete())
    console.log(`!! ${name} in the data folder is an older copy, and not changed. Delete it.`);
  if (damaged.length > 0) {
    console.log(
      `!! Damaged events, of which nobody can tell what they say: ${damaged.join(', ')}. (npm run bus -- verify)`,
    );
  }
  if (process.env.DATABASE_URL)
    console.log('!! PostgreSQL keeps old rows in its files until VACUUM FULL: see docs/erasing.md.');
  console.log('Backups and exports from before still hold it: see docs/erasing.md.');
  if (pending.length === 0) return console.log('Done: no service and no file of the blog holds it.');
  console.log(
    ['NOT done yet. Repeat the command when these run again:', ...pending.map((one) => `  ${one}`)].join('\n'),
  );
  process.exitCode = 1;
}

async function reportNewest(bus) {
  const { json: erasures } = await bus.get('/erasures');
  return report(
    await waitForAll(
      bus,
      erasures.slice(0, 200).map(({ event }) => event),
      1,
    ),
  );
}

await runCommand({ usage, options }, async ({ values }) => {
  const urls = urlsOf(portsFrom(process.env), process.env.HOST);
  const bus = createBusClient(process.env.EVENT_BUS_URL ?? urls['event-bus'], process.env.TOKEN);
  if (values.pending) return reportNewest(bus);
  const { wanted, seconds } = readWanted(values);
  const plan = await findWanted(bus, wanted);
  if (plan.unknown.length > 0)
    throw new Error(`Nobody knows ${plan.unknown.join(', ')}, or it is erased already; nothing was erased.`);
  if (plan.comments.length + plan.posts.length + plan.unknownPosts.length === 0)
    return console.log('Nothing holds that text.');
  await showPlan(bus, plan);
  if (!values.yes && !(await confirm())) return console.log('Nothing was erased.');
  const blog = createBlogClient({ urls, token: () => transferToken(process.env) });
  const events = await begin(blog, plan);
  if (!noteErased(dataDirOf(process.env), entriesOf(plan)))
    console.log('There is no data folder here, and so no audit.');
  await report(await waitForAll(bus, events, seconds));
});
