import type { Kysely } from '@blog/kit/state';
import { type CompiledRules, compileRules } from './rules/evaluate';
import { defaultRules, RuleSet } from './rules/rule-set';
import type { Tables } from './tables';

/** The rules in force. `version` is 1 until somebody changes them. */
export interface RulesInForce {
  version: number;
  set: RuleSet;
  compiled: CompiledRules;
  changedBy?: string;
  changedAt?: string;
}

/**
 * Reads the rules in force. They are compiled once per version; that another process changed them is seen by the version.
 * Not to be asked after a change in the same transaction, which may still be rolled back.
 */
export function createRuleReader(): (db: Kysely<Tables>) => Promise<RulesInForce> {
  let known: RulesInForce = { version: 1, set: defaultRules, compiled: compileRules(defaultRules) };
  return async (db) => {
    const newest = await db.selectFrom('rule_set').select('version').executeTakeFirst();
    if ((newest?.version ?? 1) === known.version) return known;
    const row = await db.selectFrom('rule_set').selectAll().executeTakeFirstOrThrow();
    const set = RuleSet.parse(JSON.parse(row.body));
    const { version, changed_by: changedBy, changed_at: changedAt } = row;
    return (known = { version, set, compiled: compileRules(set), changedBy, changedAt });
  };
}

export async function saveRules(
  db: Kysely<Tables>,
  { version, set, by, at }: { version: number; set: RuleSet; by: string; at: string },
): Promise<void> {
  const row = { only: 1 as const, version, body: JSON.stringify(set), changed_by: by, changed_at: at };
  await db.replaceInto('rule_set').values(row).execute();
}
