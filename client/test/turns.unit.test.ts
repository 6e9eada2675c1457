import { createTurns } from '../server/accounts/turns';

/** Work that ends when the test says so. */
function start(options: { atOnce: number; mostWaiting: number }) {
  const turns = createTurns(options);
  const ends: ((error?: Error) => void)[] = [];
  const begun: string[] = [];
  const take = (name: string, isWanted?: () => boolean) =>
    turns.take(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
      return name;
    }, isWanted);
  return { take, begun, end: (error?: Error) => ends.shift()?.(error) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('are taken by so many at once, and by others in their order', async () => {
    const { take, begun, end } = start({ atOnce: 2, mostWaiting: 10 });
    const all = ['a', 'b', 'c', 'd'].map((name) => take(name));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (let n = 0; n < 3; n += 1) {
      end();
      await settled();
    }
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are refused where too many wait, and there are as many as before when work has failed', async () => {
    const { take, begun, end } = start({ atOnce: 1, mostWaiting: 1 });
    const [first, second] = [take('a'), take('b')];
    await expect(take('c')).rejects.toThrow('Too many sign in at this moment. Try again soon.');
    end(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await settled();
    end();
    expect(await second).toBe('b');
    const third = take('d');
    await settled();
    end();
    expect(await third).toBe('d');
    expect(begun).toEqual(['a', 'b', 'd']);
  });

  it('pass over whoever is gone when theirs comes', async () => {
    const { take, begun, end } = start({ atOnce: 1, mostWaiting: 2 });
    const all = Promise.allSettled([take('a'), take('b', () => false), take('c')]);
    await settled();
    end();
    await settled();
    end();
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(begun).toEqual(['a', 'c']);
  });
});
