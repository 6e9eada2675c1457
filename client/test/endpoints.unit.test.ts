import { createEndpoints } from '../server/endpoints';

function setUp() {
  let time = 0;
  const endpoints = createEndpoints({ urls: ['a', 'b', 'c'], now: () => time, passOverMs: 1000 });
  return { endpoints, wait: (ms: number) => void (time += ms) };
}

describe('Endpoints', () => {
  it('take turns', () => {
    const { endpoints } = setUp();
    const firsts = [1, 2, 3, 4].map(() => endpoints.inTurn()[0]);
    expect(firsts).toEqual(['a', 'b', 'c', 'a']);
  });

  it('offer all others for the case that the first refuses', () => {
    const { endpoints } = setUp();
    expect(endpoints.inTurn()).toEqual(['a', 'b', 'c']);
    expect(endpoints.inTurn()).toEqual(['b', 'c', 'a']);
  });

  it('are passed over after a refusal, but tried last', () => {
    const { endpoints } = setUp();
    endpoints.refused('b');
    expect([1, 2, 3].map(() => endpoints.inTurn().at(-1))).toEqual(['b', 'b', 'b']);
  });

  it('are probed again after a while, and passed over again if they still refuse', () => {
    const { endpoints, wait } = setUp();
    endpoints.refused('a');
    wait(1000);
    expect(endpoints.inTurn()[0]).toBe('a');
    endpoints.refused('a');
    expect([1, 2, 3].map(() => endpoints.inTurn()[0])).not.toContain('a');
  });

  it('are back in turn as soon as they have answered', () => {
    const { endpoints } = setUp();
    endpoints.refused('a');
    endpoints.answered('a');
    expect(endpoints.inTurn()[0]).toBe('a');
  });

  it('are all offered when all have refused', () => {
    const { endpoints } = setUp();
    for (const url of ['a', 'b', 'c']) endpoints.refused(url);
    expect(endpoints.inTurn().sort()).toEqual(['a', 'b', 'c']);
  });
});
