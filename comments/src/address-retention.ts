import { randomBytes } from 'node:crypto';
import { addressesEnd } from '@blog/kit/state';
import type { CommentDatabase } from './store';
import { sendingKeptMs } from './transaction';

/** From which addresses comments came: only as hashes, and only for a time. */
export interface AddressRetention {
  /** The secret under which addresses are hashed now, the same for all processes that share the database. */
  key(): Promise<string>;
  /**
   * Forgets, of comments older than so many days, from which address they came, and replaces a key that is as old: what was hashed
   * under it can then be compared with no address any more, wherever the hashes are. 0 days: forgets nothing.
   * Resolves when no byte of a replaced key is in the files of this machine; rejects with Unavailable while somebody reads an older
   * state. Several processes may do it at once.
   */
  forget(days: number): Promise<void>;
}

/** So many comments go in one transaction, so that others need not wait until all are done. */
const stepSize = 500;

export function addressRetention(
  { db, transaction, scrub }: CommentDatabase,
  { now }: { now: () => Date },
): AddressRetention {
  /** A key was replaced, and bytes of it may still be in the files. */
  let isToScrub = false;

  async function forgetSome(end: Date): Promise<boolean> {
    return transaction(async (tx) => {
      const some = tx
        .selectFrom('comments')
        .select('id')
        .where('address_hash', 'is not', null)
        .where('created_at', '<', end.toISOString())
        .limit(stepSize);
      const [result] = await tx.updateTable('comments').set({ address_hash: null }).where('id', 'in', some).execute();
      return Number(result?.numUpdatedRows ?? 0) === stepSize;
    });
  }

  /** Whether it was old enough, and is another one now. */
  async function replaceKey(end: Date): Promise<boolean> {
    return transaction(async (tx) => {
      const [result] = await tx
        .updateTable('address_key')
        .set({ secret: randomBytes(32).toString('hex'), made_at: now().getTime() })
        .where('made_at', '<=', end.getTime())
        .execute();
      return Number(result?.numUpdatedRows ?? 0) > 0;
    });
  }

  return {
    // Read each time: another process may have replaced it.
    async key() {
      return (await db.selectFrom('address_key').select('secret').executeTakeFirstOrThrow()).secret;
    },
    async forget(days) {
      const end = addressesEnd(days, now());
      if (!end) return;
      const sent = db.deleteFrom('sendings').where('sent_at', '<=', now().getTime() - sendingKeptMs);
      await sent.execute();
      while (await forgetSome(end));
      if (await replaceKey(end)) isToScrub = true;
      if (!isToScrub) return;
      await scrub();
      isToScrub = false;
    },
  };
}
