/** A process that opens databases, perhaps as the first, and writes things into each of them, one by one. */
import { reportAndEnd, whenAllAreReady } from './processes';
import { openThings } from './thing-database';

async function insertThings(file: string, prefix: string, count: number): Promise<void> {
  const { transaction, close } = openThings(file);
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
  await close();
}

async function main(prefix: string, count: number, files: string[]): Promise<void> {
  for (const file of files) {
    await whenAllAreReady();
    await insertThings(file, prefix, count);
  }
  reportAndEnd('written');
}

const [prefix = '', count = '0', ...files] = process.argv.slice(2);
void main(prefix, Number(count), files);
