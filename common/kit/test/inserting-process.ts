/** A process which opens a database, perhaps as the first, and writes as many things as it is told, one by one. */
import { reportAndEnd, whenAllAreReady } from './processes';
import { openThings } from './thing-database';

async function insertThings(file: string, prefix: string, count: number): Promise<void> {
  await whenAllAreReady();
  const { db, transaction, close } = openThings(file);
  for (let number = 0; number < count; number += 1) {
    await transaction(async (tx) => {
      // Reads first: a transaction that took its lock only when it writes would fail here while others write.
      await tx.selectFrom('things').selectAll().limit(1).execute();
      await tx
        .insertInto('things')
        .values({ id: `${prefix}-${number}` })
        .execute();
    });
  }
  await db.selectFrom('things').selectAll().execute();
  await close();
  reportAndEnd('written');
}

const [file = '', prefix = '', count = '0'] = process.argv.slice(2);
void insertThings(file, prefix, Number(count));
