import type { Database } from '@blog/kit/sqlite';
import type { RemovedGroup } from './delivery-state';

export const removedGroupsMigration = `
  CREATE TABLE removed_groups (name TEXT PRIMARY KEY, configured TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

/** Groups of the settings that were deleted by a request. */
export function createRemovedGroups(db: Database) {
  const all = db.prepare<[], RemovedGroup>('SELECT name, configured FROM removed_groups ORDER BY name');
  const remember = db.prepare(
    `INSERT OR REPLACE INTO removed_groups (name, configured)
     SELECT name, configured FROM groups WHERE name = ? AND configured IS NOT NULL`,
  );
  const forget = db.prepare('DELETE FROM removed_groups WHERE name = ?');
  return {
    all: (): RemovedGroup[] => all.all(),
    /** Call it while the group is still there. */
    remember: (name: string): void => void remember.run(name),
    forget: (name: string): void => void forget.run(name),
  };
}
