/** What an import is about to do, as it is told before the first write. */
import { lossReasons } from './check.mjs';

const examplesOf = 3;

const nameOfPost = ({ title, source }) => (title ? `“${title.slice(0, 60).toWellFormed()}”` : source);
const nameOfComment = ({ id, source }) => [id, source].filter(Boolean).join(', ');

/** Counts kinds of things, in the order of what comes first, with the first examples of each. */
function createGroups() {
  const all = new Map();
  return {
    add(what, kind, example) {
      const kinds = all.get(what) ?? new Map();
      all.set(what, kinds);
      const one = kinds.get(kind) ?? { kind, count: 0, examples: [] };
      kinds.set(kind, one);
      one.count += 1;
      if (one.examples.length < examplesOf && example !== '' && !one.examples.includes(example))
        one.examples.push(example);
    },
    list: () => [...all].map(([what, kinds]) => ({ what, kinds: [...kinds.values()] })),
  };
}

/** What of a table is left out, and what is changed. */
function groupsOf(db, { table, leftOut, nameOf }) {
  const [left, changed] = [createGroups(), createGroups()];
  const title = table === 'posts' ? 'title' : 'NULL AS title';
  const rows = db.prepare(
    `SELECT id, ${title}, source, reason, changes FROM ${table} WHERE reason IS NOT NULL OR changes <> '[]' ORDER BY seq`,
  );
  for (const row of rows.iterate()) {
    if (row.reason !== null) left.add(leftOut, row.reason, nameOf(row));
    else for (const [what, kind] of JSON.parse(row.changes)) changed.add(what, kind, nameOf(row));
  }
  return [...left.list(), ...changed.list()];
}

/** What there is, what is left out, and what is changed, each by its kind. */
export function planOf(spool) {
  const { db } = spool;
  spool.commit();
  const { posts, drafts } = db
    .prepare('SELECT count(*) AS posts, coalesce(sum(draft), 0) AS drafts FROM posts WHERE reason IS NULL')
    .get();
  const statuses = db
    .prepare('SELECT status, count(*) AS count FROM comments WHERE reason IS NULL GROUP BY status ORDER BY status')
    .all();
  const groups = [
    ...groupsOf(db, { table: 'posts', leftOut: 'Only posts are taken over. Left out', nameOf: nameOfPost }),
    ...groupsOf(db, { table: 'comments', leftOut: 'Comments left out', nameOf: nameOfComment }),
  ];
  const losses = groups.flatMap(({ kinds }) => kinds).filter(({ kind }) => lossReasons.has(kind)).length;
  return {
    posts,
    drafts,
    comments: Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
    groups,
    losses,
  };
}

/** A line as `Left out: page: 2, note: 1.` for each group. */
export const shortLines = ({ groups: all }) =>
  all.map(({ what, kinds }) => `${what}: ${kinds.map(({ kind, count }) => `${kind}: ${count}`).join(', ')}.`);

/** The plan as it is printed, with examples. */
export function planLines(plan, { name, path }) {
  const total = Object.values(plan.comments).reduce((sum, count) => sum + count, 0);
  const statuses = Object.entries(plan.comments).map(([status, count]) => `${count} ${status}`);
  const lines = [
    `${path} is ${name}. Of it are taken over:`,
    `  posts: ${plan.posts}${plan.drafts > 0 ? ` (${plan.drafts} as drafts)` : ''}`,
    `  comments: ${total}${total > 0 ? ` (${statuses.join(', ')})` : ''}`,
  ];
  for (const { what, kinds } of plan.groups) {
    lines.push(`${what}: ${kinds.map(({ kind, count }) => `${kind}: ${count}`).join(', ')}.`);
    for (const { kind, count, examples } of kinds) {
      lines.push(`    ${kind}: ${examples.join('; ')}${count > examples.length ? '; …' : ''}`);
    }
  }
  return lines;
}
