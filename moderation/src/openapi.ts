import { openApi, Problem, type RouteTable } from '@blog/kit';
import { eventReceiverOperation, skippedOperation } from '@blog/kit/state';
import { z } from 'zod';
import type { Verdict } from './domain';
import { BlocklistQuery, NewBlock, Who } from './routes/blocklist';
import { QueueQuery } from './routes/queue';
import { UndoWishes, VerdictsQuery, VerdictWishes } from './routes/verdicts';
import { RuleSet } from './rules/rule-set';

const QueueStatus = z.enum(['pending', 'flagged', 'approved', 'rejected']).meta({ id: 'QueueStatus' });
const time = z.iso.datetime();
const count = z.int().nonnegative();
const revision = z.int().positive();
const text = z.string();

const Counts = z.object({ pending: count, flagged: count, approved: count, rejected: count }).meta({ id: 'Counts' });

const VerdictInLog = z
  .object({
    ...{ commentId: text, postId: text, revision, status: QueueStatus, by: text, byPerson: z.boolean() },
    ...{ rule: text.optional(), reason: text.optional(), commentVersion: revision.optional(), decidedAt: time },
  })
  .meta({ id: 'Verdict' }) satisfies z.ZodType<Verdict>;

const RulesInForce = RuleSet.extend({ version: revision, changedBy: text.optional(), changedAt: time.optional() });

/** Where in the text a rule saw something, in UTF-16 code units. */
const spans = z.array(z.object({ start: count, end: count })).max(100);
const comment = { id: text, postId: text, author: text, content: text, createdAt: time, postTitle: text.optional() };

const QueueItem = z
  .object({
    ...comment,
    ...{ parentId: text.optional(), authorId: text.optional(), addressHash: text.optional() },
    ...{ editedAt: time.optional(), version: revision.optional(), status: QueueStatus, revision, spans },
    rule: text.optional(),
    parent: z.object({ author: text, content: text }).optional(),
    authorCounts: z.object({ approved: count, rejected: count }).optional(),
    history: z.array(VerdictInLog).max(20),
  })
  .meta({ id: 'QueueItem' });

const TriedComment = z
  .object({
    ...comment,
    ...{ status: QueueStatus, becomes: QueueStatus, by: text, rule: text.optional(), reason: text.optional(), spans },
  })
  .meta({ id: 'TriedComment' });

const Blocked = z
  .object({
    ...{ authorId: text.optional(), addressHash: text.optional(), action: z.enum(['reject', 'hold']) },
    ...{ reason: text, by: text, at: time },
    comment: z.object({ author: text, content: text }).optional(),
  })
  .meta({ id: 'Blocked' });

const Fulfilment = VerdictInLog.or(z.object({ commentId: text, error: Problem }));

const roles = ['moderator'] as const;
const link = { Link: 'Where the older ones are: rel="next"' };
const judged = {
  200: {
    description: 'The verdict; of a list, in its order, each the verdict or why there is none',
    body: z.union([VerdictInLog, z.array(Fulfilment)]),
  },
};
const notJudged = { 404: 'There is no such comment', 409: 'It can not be done, or somebody decided meanwhile' };
const rulesInForce = { description: 'The rules in force', body: RulesInForce, headers: { ETag: 'Their version' } };

const routes: RouteTable = {
  '/rules': {
    get: { summary: 'The rules in force', roles, answers: { 200: rulesInForce } },
    put: {
      summary: 'Puts a whole set of rules in force, for what comes in from then on',
      ...{ roles, body: RuleSet, ifMatch: true },
      answers: { 200: rulesInForce },
    },
  },
  '/rules/try': {
    post: {
      summary: 'What a set of rules would make of the newest 100 comments; nothing changes',
      ...{ roles, body: RuleSet },
      answers: {
        200: {
          description: 'What it would make of each',
          body: z.object({ counts: Counts, items: z.array(TriedComment) }),
        },
      },
    },
  },
  '/queue': {
    get: {
      summary: 'The comments of one status, newest first, with what helps to decide',
      ...{ roles, query: QueueQuery },
      answers: {
        200: {
          description: 'A page of them, and how many there are of each status',
          body: z.object({ counts: Counts, items: z.array(QueueItem) }),
          headers: link,
        },
      },
    },
  },
  '/verdicts': {
    get: {
      summary: 'The audit log: every decision, newest first',
      ...{ roles, query: VerdictsQuery },
      answers: { 200: { description: 'A page of it', body: z.array(VerdictInLog), headers: link } },
    },
    post: {
      summary: 'Decides on a comment, or on up to 200; of a list, those that can be are decided on',
      ...{ roles, body: VerdictWishes, answers: judged, problems: notJudged },
    },
  },
  '/verdicts/undo': {
    post: {
      summary: 'Takes back the last decision of a person: the status before it is in force again',
      ...{ roles, body: UndoWishes, answers: judged, problems: notJudged },
    },
  },
  '/blocklist': {
    get: {
      summary: 'Whose comments are rejected or held whatever they say, newest first',
      ...{ roles, query: BlocklistQuery },
      answers: { 200: { description: 'A page of the list', body: z.array(Blocked), headers: link } },
    },
    put: {
      summary: 'Puts an author or an address on the list, or changes what is there of them',
      ...{ roles, body: NewBlock },
      answers: { 200: { description: 'The entry', body: Blocked } },
    },
    delete: {
      summary: 'Takes an author or an address off the list',
      ...{ roles, query: Who },
      answers: { 204: { description: 'Done' } },
      problems: { 404: 'It is not on the list' },
    },
  },
  '/skipped': { get: skippedOperation },
  '/events': {
    post: {
      ...eventReceiverOperation,
      problems: {
        ...eventReceiverOperation.problems,
        503: 'What an event erases is gone, but somebody reads the files that still hold it: send it again',
      },
    },
  },
};

export const document = openApi({
  title: 'moderation',
  description: 'Owns rules and verdicts on comments; all of it is for moderators.',
  routes,
});
