import { EventEmitter } from 'node:events';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { processSettings, runProcess } from '../src';

const settings = z.object({ ...processSettings(4000), NAME: z.string() });

function fakeProcess(env: Record<string, string>) {
  const exits: number[] = [];
  let said = '';
  const emitter = Object.assign(new EventEmitter(), {
    env,
    stderr: { write: (text: string) => (said += text) },
    exit: (code: number) => exits.push(code),
  });
  return { emitter, process: emitter as unknown as NodeJS.Process, exits, said: () => said };
}

describe('runProcess', () => {
  it('says everything that is wrong with the settings, exits with 1 and starts nothing', async () => {
    const { process, exits, said } = fakeProcess({ PORT: 'x' });
    const start = jest.fn();
    await runProcess({ name: 'posts', settings, process }, start);
    expect(start).not.toHaveBeenCalled();
    expect({ exits, said: said() }).toEqual({
      exits: [1],
      said: 'posts: the settings are wrong. PORT: not a number; NAME: missing\n',
    });
  });

  it('closes again what was opened where the start fails, and exits with 1', async () => {
    const { process, exits } = fakeProcess({ NAME: 'x', LOG_LEVEL: 'silent' });
    const closed: string[] = [];
    await runProcess({ name: 'posts', settings, process }, async ({ lifecycle }) => {
      lifecycle.onClose('store', () => void closed.push('store'));
      lifecycle.onClose('relay', () => void closed.push('relay'));
      throw new Error('the port is taken');
    });
    expect({ closed, exits }).toEqual({ closed: ['relay', 'store'], exits: [1] });
  });

  it('ends with 0 where a signal comes while it still waits for what it needs', async () => {
    const { emitter, process, exits } = fakeProcess({ NAME: 'x', LOG_LEVEL: 'silent' });
    const closed: string[] = [];
    const running = runProcess({ name: 'posts', settings, process }, async ({ lifecycle }) => {
      lifecycle.onClose('port', () => void closed.push('port'));
      await delay(60_000, undefined, { signal: lifecycle.closing });
    });
    emitter.emit('SIGTERM');
    await running;
    await turn();
    expect({ closed, exits }).toEqual({ closed: ['port'], exits: [0] });
  });

  it('closes on a signal', async () => {
    const { emitter, process, exits } = fakeProcess({ NAME: 'x', LOG_LEVEL: 'silent' });
    const exited = new Promise<void>((resolve) => {
      process.exit = (code) => {
        exits.push(Number(code));
        resolve();
        return undefined as never;
      };
    });
    const closed: string[] = [];
    await runProcess({ name: 'posts', settings, process }, async ({ lifecycle, settings: { NAME } }) => {
      lifecycle.onClose('store', () => void closed.push(NAME));
    });
    emitter.emit('SIGTERM');
    await exited;
    expect({ closed, exits }).toEqual({ closed: ['x'], exits: [0] });
  });
});
