import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { createLifecycle, silentLogger } from '../src';

function fakeProcess() {
  const exits: number[] = [];
  const emitter = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
  return { process: emitter as unknown as NodeJS.Process, exits, kill: (signal: string) => emitter.emit(signal) };
}

describe('A lifecycle', () => {
  it('undoes in reverse, one step after the other', async () => {
    const lifecycle = createLifecycle(silentLogger);
    const done: string[] = [];
    for (const name of ['store', 'relay', 'server']) {
      lifecycle.onClose(name, async () => {
        await turn();
        done.push(name);
      });
    }
    await lifecycle.close();
    expect(done).toEqual(['server', 'relay', 'store']);
  });

  it('closes once, however often it is asked, and every caller waits for the end', async () => {
    const lifecycle = createLifecycle(silentLogger);
    let closed = 0;
    lifecycle.onClose('store', async () => {
      await turn();
      closed += 1;
    });
    void lifecycle.close();
    await lifecycle.close();
    await lifecycle.close();
    expect(closed).toBe(1);
  });

  it('tells what is still being opened to end, and closes what that has opened meanwhile', async () => {
    const lifecycle = createLifecycle(silentLogger);
    const done: string[] = [];
    void lifecycle.open(async () => {
      lifecycle.onClose('port', () => void done.push('port'));
      await new Promise((resolve) => lifecycle.closing.addEventListener('abort', resolve));
      await turn();
      lifecycle.onClose('store', () => void done.push('store'));
    });
    await lifecycle.close();
    expect(done).toEqual(['store', 'port']);
  });

  it('goes on with the other steps where one fails', async () => {
    const lifecycle = createLifecycle(silentLogger);
    const done: string[] = [];
    lifecycle.onClose('store', () => void done.push('store'));
    lifecycle.onClose('relay', () => Promise.reject(new Error('stuck')));
    lifecycle.onClose('server', () => {
      throw new Error('stuck too');
    });
    await lifecycle.close();
    expect(done).toEqual(['store']);
  });

  it('exits with 0 after a signal, once everything is closed, and a second signal changes nothing', async () => {
    const { process, exits, kill } = fakeProcess();
    const lifecycle = createLifecycle(silentLogger);
    let closed = 0;
    lifecycle.onClose('store', () => void (closed += 1));
    lifecycle.closeOnSignals(process);
    kill('SIGTERM');
    expect(exits).toEqual([]);
    kill('SIGINT');
    await turn();
    expect({ closed, exits: new Set(exits) }).toEqual({ closed: 1, exits: new Set([0]) });
  });

  it('exits with 1 after a signal where a step failed', async () => {
    const { process, exits, kill } = fakeProcess();
    const lifecycle = createLifecycle(silentLogger);
    lifecycle.onClose('store', () => Promise.reject(new Error('stuck')));
    lifecycle.closeOnSignals(process);
    kill('SIGTERM');
    await turn();
    expect(exits).toEqual([1]);
  });
});
