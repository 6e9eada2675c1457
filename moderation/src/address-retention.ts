import type { Database } from '@blog/kit/state';
import type { Tables } from './tables';

/** So many comments go in one transaction, so that others need not wait until all are done. */
const stepSize = 500;

/** See `ModerationStore.forgetAddresses`. */
export async function forgetAddresses(
  { transaction }: Pick<Database<Tables>, 'transaction'>,
  before: Date,
): Promise<void> {
  const end = before.toISOString();
  const forgetSome = (): Promise<boolean> =>
    transaction(async (tx) => {
      const some = tx
        .selectFrom('comments')
        .select('number')
        .where('address_hash', 'is not', null)
        .where('created_at', '<', end)
        .limit(stepSize);
      const [result] = await tx
        .updateTable('comments')
        .set({ address_hash: null })
        .where('number', 'in', some)
        .execute();
      return Number(result?.numUpdatedRows ?? 0) === stepSize;
    });
  while (await forgetSome());
  await transaction(async (tx) => {
    await tx.deleteFrom('blocklist').where('kind', '=', 'address').where('listed_at', '<', end).execute();
  });
}
