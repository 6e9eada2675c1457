import { checkQueue, type Handled, nothingWrong } from './total-queue';

const published = ['a1', 'b1', 'a2', 'b2'].map((id) => ({ id, key: id.charAt(0) }));
const acknowledged = ['a1', 'b1', 'a2'];
const handled = (...ids: string[]): Handled[] =>
  ids.map((id) => ({ id, partitionkey: id.charAt(0), sequence: 1 + published.findIndex((one) => one.id === id) }));
const check = (events: readonly Handled[]) => checkQueue({ published, acknowledged }, events);

describe('the checker of what a group got', () => {
  it('is content when all is there, be it more than was acknowledged, or in another order of keys', () => {
    expect(check(handled('b1', 'b2', 'a1', 'a2'))).toEqual({ ...nothingWrong, duplicates: 0 });
  });

  it('counts repetitions, which may come at any time after the first', () => {
    expect(check(handled('a1', 'a2', 'a1', 'b1', 'a2'))).toEqual({ ...nothingWrong, duplicates: 2 });
  });

  it('finds what was lost', () => {
    expect(check(handled('a1', 'a2'))).toMatchObject({ lost: ['b1'] });
  });

  it('finds what nobody published', () => {
    expect(check([...handled('a1', 'b1', 'a2'), { id: 'c1', partitionkey: 'c', sequence: 9 }])).toMatchObject({
      unexpected: ['c1'],
    });
  });

  it('finds an event that came after a later one of its key', () => {
    expect(check(handled('a2', 'b1', 'a1'))).toMatchObject({ outOfOrder: ['a1'] });
  });

  it('finds an event that was stored twice, or in another order than it was published', () => {
    const [again] = handled('a1').map((event) => ({ ...event, sequence: 5 }));
    expect(check([...handled('a1', 'b1', 'a2'), ...(again ? [again] : [])])).toMatchObject({ storedTwice: ['a1'] });
    const swapped = handled('a2', 'a1', 'b1').map((event, index) => ({ ...event, sequence: index + 1 }));
    expect(check(swapped)).toMatchObject({ outOfOrder: ['a1'] });
  });
});
