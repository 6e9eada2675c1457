import { dirname } from 'node:path';
import { silentLogger } from '@blog/kit';
import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import type { TestLife } from '../../common/kit/test/test-life';
import { openStore } from '../src/open-store';
import type { CommentStore } from '../src/store';
import type { TestSchema } from '../../common/kit/test/postgres';

interface OutboxEvent {
  type: string;
  subject: string;
  data: unknown;
}

/** Where the comments of a test are, and a look at them past the store. */
export interface StorePlace {
  /** How a process finds it: a folder, or a postgres:// URL. */
  address: string;
  /** Whether a transaction that waits lets others of its process go on. In SQLite two stores of one process would wait forever. */
  letsOthersGoOn: boolean;
  outbox(): Promise<OutboxEvent[]>;
  /** From now on nothing can be written to a table. */
  refuseWritesTo(table: string): Promise<void>;
}

/** Opens the comments at an address, as `main.ts` does; each call is as good as another process. */
export function openAt(address: string, now: () => Date): CommentStore {
  const database = address.startsWith('postgres') ? { DATA_DIR: '', DATABASE_URL: address } : { DATA_DIR: address };
  return openStore(database, { now, logger: silentLogger });
}

export function sqlitePlace(life: TestLife): StorePlace {
  const file = life.file('comments.db');
  return {
    address: dirname(file),
    letsOthersGoOn: false,
    // Which is there only when somebody has opened it.
    outbox: async () => outboxOf(file),
    refuseWritesTo: async (table) => refuseWritesTo(table, file),
  };
}

export function postgresPlace(schema: TestSchema, address = schema.url()): StorePlace {
  return {
    address,
    letsOthersGoOn: true,
    async outbox() {
      const rows = await schema.query<{ event: string }>('SELECT event FROM outbox ORDER BY position');
      return rows.map(({ event }) => JSON.parse(event) as OutboxEvent);
    },
    async refuseWritesTo(table) {
      await schema.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
        CREATE TRIGGER refusing BEFORE INSERT ON ${table} EXECUTE FUNCTION refuse()`);
    },
  };
}
