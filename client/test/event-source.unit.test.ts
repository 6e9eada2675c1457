/** @jest-environment jsdom */
import { followStream, type LiveState } from '../src/live/event-source';
import { FakeEventSource, fakeNetwork, setVisibility } from './fake-browser';

interface Heard {
  events: unknown[];
  states: LiveState[];
  gaps: number;
}

let stop: () => void;

function follow(position?: string): Heard {
  const heard: Heard = { events: [], states: [], gaps: 0 };
  stop = followStream(
    { path: '/api/query/stream?post=p', position },
    {
      onEvent: (type, data) => heard.events.push([type, data]),
      onGap: () => void (heard.gaps += 1),
      onState: (state) => heard.states.push(state),
    },
  );
  return heard;
}

const opened = () => FakeEventSource.opened;
const latest = () => opened().at(-1);

beforeEach(() => {
  fakeNetwork();
  jest.useFakeTimers();
});
afterEach(() => {
  stop();
  setVisibility('visible');
  jest.useRealTimers();
});

describe('The live stream in the browser', () => {
  it('begins where the page ends, so that nothing is missed and nothing asked for', () => {
    const heard = follow('41');
    expect(latest()?.url).toBe('/api/query/stream?post=p&after=41');
    latest()?.dispatch('open');
    expect(heard).toMatchObject({ gaps: 0, states: ['live'] });
  });

  it('begins with a gap where the page can not tell where it ends', () => {
    const heard = follow();
    expect(latest()?.url).toBe('/api/query/stream?post=p');
    latest()?.dispatch('open');
    expect(heard.gaps).toBe(1);
  });

  it('tells of posts and comments, and of a gap on reset', () => {
    const heard = follow('1');
    latest()?.dispatch('comment', { id: 'c' }, '2');
    latest()?.dispatch('post', { id: 'p' }, '3');
    latest()?.dispatch('reset', {}, '9');
    expect(heard.events).toEqual([
      ['comment', { id: 'c' }],
      ['post', { id: 'p' }],
    ]);
    expect(heard.gaps).toBe(1);
  });

  it('is closed while the page is hidden, and goes on after the last event seen', () => {
    follow('1');
    latest()?.dispatch('comment', { id: 'c' }, '5');
    setVisibility('hidden');
    expect(latest()?.readyState).toBe(FakeEventSource.CLOSED);
    expect(opened()).toHaveLength(1);
    setVisibility('visible');
    expect(opened()).toHaveLength(2);
    expect(latest()?.url).toContain('after=5');
  });

  it('leaves a broken connection to the browser, and takes over where the browser gives up', () => {
    const heard = follow('1');
    latest()?.dispatch('error');
    jest.advanceTimersByTime(60_000);
    expect(opened()).toHaveLength(1);
    latest()?.close();
    latest()?.dispatch('error');
    expect(heard.states).toEqual(['reconnecting', 'reconnecting']);
    jest.advanceTimersByTime(1_000);
    expect(opened()).toHaveLength(2);
  });

  it('waits longer after each failure', () => {
    follow('1');
    for (const longest of [1_000, 2_000, 4_000]) {
      const before = opened().length;
      latest()?.close();
      latest()?.dispatch('error');
      jest.advanceTimersByTime(longest / 2 - 1);
      expect(opened()).toHaveLength(before);
      jest.advanceTimersByTime(longest / 2 + 1);
      expect(opened()).toHaveLength(before + 1);
    }
  });

  it('opens nothing more once it is stopped', () => {
    follow('1');
    latest()?.close();
    latest()?.dispatch('error');
    stop();
    jest.advanceTimersByTime(60_000);
    setVisibility('hidden');
    setVisibility('visible');
    expect(opened()).toHaveLength(1);
  });
});
