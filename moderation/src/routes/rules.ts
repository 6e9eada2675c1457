import { requireVersion, setVersion } from '@blog/kit';
import type { RequestHandler } from 'express';
import type { QueueItem } from '../queue-reader';
import type { RulesInForce } from '../rule-store';
import { compileRules, type Outcome, type QueueStatus } from '../rules/evaluate';
import { RuleSet } from '../rules/rule-set';
import { forModerators, nameOf, type RouteParts, type Routes } from './moderator';

/** Bytes: all words, names and reasons of the largest set, each character of which JSON may write in six bytes. */
const largestSet = 1024 * 1024;
/** So many of the newest comments show what a rule set would do. */
const triedOn = 100;

function view({ version, set, changedBy, changedAt }: RulesInForce) {
  return { version, ...set, changedBy, changedAt };
}

/**
 * `GET /rules`: 200 `{version, trustAfter, rules, changedBy?, changedAt?}`, ETag.
 * `PUT /rules`: the whole set, with If-Match → 200 the new one; 412 where somebody changed it meanwhile, 428 without.
 * `POST /rules/try`: a set → 200 `{counts, items}`: what it would make of the newest 100 comments. Nothing changes.
 */
export function createRuleRoutes({ store, auth, now }: RouteParts): Routes {
  const read: RequestHandler = async (_req, res) => {
    const rules = await store.rules();
    setVersion(res, rules.version);
    res.json(view(rules));
  };

  const replace: RequestHandler = async (req, res) => {
    const set = RuleSet.parse(req.body);
    const by = await nameOf(auth, req);
    const at = now().toISOString();
    await store.transaction(async (tx) => {
      const { version } = await tx.rules();
      requireVersion(req, version);
      await tx.saveRules({ version: version + 1, set, by, at });
    });
    await read(req, res, () => undefined);
  };

  const tryOut: RequestHandler = async (req, res) => {
    const { evaluate } = compileRules(RuleSet.parse(req.body));
    const counts: Record<QueueStatus, number> = { pending: 0, flagged: 0, approved: 0, rejected: 0 };
    const items: ReturnType<typeof tried>[] = [];
    for (const item of await store.newest(triedOn)) {
      const outcome = evaluate(await store.evaluated(item.entry.comment));
      counts[outcome.status] += 1;
      items.push(tried(item, outcome));
    }
    res.json({ counts, items });
  };

  return {
    '/rules': {
      get: forModerators(auth, read),
      put: forModerators(auth, replace, { limit: largestSet }),
    },
    '/rules/try': { post: forModerators(auth, tryOut, { limit: largestSet }) },
  };
}

/** `status` is how the comment stands now, `becomes` what the tried rules would make of it. */
function tried({ entry, postTitle }: QueueItem, { status: becomes, by, rule, reason, spans }: Outcome) {
  const { id, postId, author, content, createdAt } = entry.comment;
  const comment = { id, postId, postTitle, author, content, createdAt, status: entry.status };
  return { ...comment, becomes, by, rule, reason, spans };
}
