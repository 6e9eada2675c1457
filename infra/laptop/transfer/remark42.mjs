/** Comments of Remark42, from its backup: a line on users and pages, then a comment in each line, all JSON. */
import { markdownWriter } from './html/to-markdown.mjs';
import { jsonOf, linesOf } from './lines.mjs';
import { bounded, isStorable, lineOfHtml, lostNotes, most } from './texts.mjs';
import { settleThreads } from './threads.mjs';

const writeMarkdown = markdownWriter({ isLimited: true });

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a first line is that of a backup. */
export function isRemark42(line) {
  try {
    const head = JSON.parse(line);
    return isObject(head) && 'version' in head && ('users' in head || 'posts' in head);
  } catch {
    return false;
  }
}

const fault = (number, message) => new Error(`line ${number}: ${message}.`);

/** A text of a comment. Throws where it is none, or holds what no part of the blog stores. */
function textIn(object, name, number, { isRequired = false } = {}) {
  const value = object?.[name] ?? '';
  if (typeof value !== 'string') throw fault(number, `${name} must be a text`);
  if (isRequired && value === '') throw fault(number, `the comment has no ${name}`);
  if (!isStorable(value)) throw fault(number, `${name} must not contain NUL or half of a surrogate pair`);
  return value;
}

function timeIn(value, name, number) {
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw fault(number, `${name} must be a moment`);
  return time.toISOString();
}

/** A flag that hides a comment must be one: what is unclear is no "no". */
function isSet(object, name, number) {
  const value = object?.[name] ?? false;
  if (typeof value !== 'boolean') throw fault(number, `${name} must be true or false`);
  return value;
}

/** Users that the old site hid: their comments were shown to nobody when the backup was made. */
function blockedIn(head) {
  if (![0, 1].includes(head.version))
    throw fault(1, `version ${JSON.stringify(head.version)} of the backup is not known`);
  const users = Array.isArray(head.users) ? head.users : [];
  const isBlocked = ({ blocked }) => blocked === true || (isObject(blocked) && blocked.status !== false);
  return new Set(users.filter(isBlocked).map(({ id }) => id));
}

function reasonOf(given, { blocked, content, number }) {
  if (isSet(given, 'delete', number) || isSet(given, 'deleted', number)) return 'deleted';
  if (blocked.has(given.user?.id) || isSet(given.user, 'block', number) || isSet(given.user, 'blocked', number))
    return 'of a user who is blocked';
  return content.trim() === '' ? 'without a text' : undefined;
}

function commentOf(given, number, blocked) {
  if (!isObject(given)) throw fault(number, 'a comment must be an object');
  const html = textIn(given, 'text', number);
  const { markdown, lost } = writeMarkdown(html);
  const content = bounded(markdown, most.comment, 'comments');
  const author = bounded(lineOfHtml(textIn(given.user, 'name', number)), most.author, 'names');
  const parent = textIn(given, 'pid', number);
  const link = textIn(given.locator, 'url', number, { isRequired: true });
  const edited = isObject(given.edit) ? { editedAt: timeIn(given.edit.time, 'edit.time', number) } : {};
  return {
    link,
    title: textIn(given, 'title', number),
    entry: {
      ...{
        id: `remark42-${textIn(given, 'id', number, { isRequired: true })}`,
        thread: link,
        source: `line ${number}`,
      },
      reason: reasonOf(given, { blocked, content: content.text, number }),
      changes: [...content.changes, ...author.changes, ...lostNotes(lost)],
      comment: {
        ...(parent === '' ? {} : { parentId: `remark42-${parent}` }),
        ...{ author: author.text, content: content.text, createdAt: timeIn(given.time, 'time', number), ...edited },
      },
    },
  };
}

/** Comments of a backup of Remark42, for posts that are here. Throws an Error that names the line at fault. */
export async function readRemark42(input, spool, { now, posts }) {
  const threads = new Map();
  let blocked;
  for await (const { line, number } of linesOf(input.texts())) {
    if (line.trim() === '') continue;
    const given = jsonOf({ line, number });
    if (blocked === undefined) {
      blocked = blockedIn(given);
      continue;
    }
    const { link, title, entry } = commentOf(given, number, blocked);
    const thread = threads.get(link);
    if (thread === undefined) threads.set(link, { key: link, identifier: '', link, title });
    else thread.title ||= title;
    spool.addComment(entry);
  }
  const problems = settleThreads(spool, [...threads.values()], await posts());
  return { name: 'a backup of Remark42', defaultTime: now.toISOString(), problems };
}
