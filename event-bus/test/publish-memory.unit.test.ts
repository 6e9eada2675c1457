import { readEvents } from '../src/envelope';
import { readMessage } from '../src/http/content-modes';
import { heapGrowth } from './heap-growth';

const completion = { newId: () => 'made', now: () => new Date(0) };
const megabyte = 1024 * 1024;

describe('a key that is taken out of a publish', () => {
  it.each(['9007199254740993123', '"a-key-of-more-than-a-few-characters"'])(
    'does not keep the rest of the message in memory: %s',
    (id) => {
      const growth = heapGrowth(20, (index) => {
        const other = `{"type":"Other","data":"${'x'.repeat(megabyte / 2)}"}`;
        const body = Buffer.from(`[${other},{"type":"T","data":{"n":${index},"id":${id}}},${other}]`);
        return readEvents(readMessage({ headers: { 'content-type': 'application/json' }, body }), completion)[1]?.key;
      });
      expect(growth).toBeLessThan(megabyte);
    },
  );
});
