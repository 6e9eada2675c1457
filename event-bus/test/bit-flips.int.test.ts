import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseFlip, type Flip, flipIn } from './damage/flips';
import { storeLog, type StoredLog } from './damage/stored-log';
import { type Found, survive } from './damage/survives';
import { createSeededRandom } from './simulation/seeded-random';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const flips = Number(process.env['FLIPS'] ?? (process.env['CI'] === 'true' ? 1_000 : 24));
const eventCount = 10_000;

const made: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'event-bus-'));
  made.push(folder);
  return folder;
}
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const columns: Found[] = ['at start', 'by a publisher', 'by a reader', 'harmless'];

function tableOf(results: readonly { flip: Flip; found: Found }[]): string {
  const parts = [...new Set(results.map(({ flip }) => flip.of))].sort();
  const rows = parts.map((of) => {
    const counts = columns.map((found) => results.filter((one) => one.flip.of === of && one.found === found).length);
    return [of.padEnd(34), ...counts.map((count) => String(count).padStart(14))].join('');
  });
  const titles = ['found'.padEnd(34), ...columns.map((found) => found.padStart(14))].join('');
  return [titles, ...rows].join('\n');
}

async function tryFlip(stored: StoredLog, flip: Flip, chosen: number) {
  const folder = newFolder();
  try {
    stored.copyTo(folder);
    flipIn(folder, flip);
    return await survive(folder, stored.events, chosen);
  } catch (error) {
    return { found: 'at start' as const, faults: [`threw ${error instanceof Error ? error.stack : String(error)}`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a single flipped bit in the files of a log', () => {
  it(
    `keeps nobody from publishing, and no event is changed or passed over without a word (SEED=${seed})`,
    async () => {
      const random = createSeededRandom(seed);
      const closed = await storeLog(newFolder(), eventCount, undefined);
      const killed = await storeLog(newFolder(), eventCount, newFolder());
      const results: { flip: Flip; found: Found }[] = [];
      const faults: string[] = [];
      for (let n = 0; n < flips; n += 1) {
        const hasWal = n % 3 === 0;
        const stored = hasWal ? killed : closed;
        const flip = chooseFlip(random, stored, hasWal);
        const result = await tryFlip(stored, flip, random.between(1, eventCount - 1));
        results.push({ flip, found: result.found });
        if (result.faults.length > 0) faults.push(`${JSON.stringify(flip)}: ${result.faults.slice(0, 3).join('; ')}`);
      }
      console.log(`${flips} flips, SEED=${seed}\n${tableOf(results)}`);
      expect(faults).toEqual([]);
    },
    30 * 60_000,
  );
});
