/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../../infra/laptop/processes.cjs';
import { send } from '../harness/send';
import { useFreshSystem } from '../harness/use-system';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(60_000);

const system = useFreshSystem({ only: ['event-bus'] });

/** Whether the subscriber takes events; otherwise it refuses each of them. */
let takesEvents: boolean;
let received: number[];
let subscriber: Server;
beforeEach(async () => {
  takesEvents = true;
  received = [];
  subscriber = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      if (takesEvents) received.push((JSON.parse(body) as { sequence: number }).sequence);
      res.writeHead(takesEvents ? 200 : 422).end();
    });
  });
  await new Promise<void>((resolve) => subscriber.listen(0, '127.0.0.1', resolve));
  const { port } = subscriber.address() as AddressInfo;
  const json = { endpoints: [`http://127.0.0.1:${port}/events`], maxAttempts: 1 };
  await send(`${busUrl()}/subscriptions/orders`, { method: 'PUT', json });
});
afterEach(() => {
  subscriber.closeAllConnections();
  subscriber.close();
});

const busUrl = (): string => system().urls['event-bus'];
const publish = (...ids: string[]) =>
  send(`${busUrl()}/events`, { json: ids.map((id) => ({ type: 'OrderPlaced', id, source: '/shop', data: { id } })) });

interface Command {
  output: () => string;
  interrupt: () => void;
  ended: Promise<number | null>;
}

function start(...args: string[]): Command {
  const script = join(root, 'infra', 'laptop', 'bus.mjs');
  const env = { PATH: process.env['PATH'], EVENT_BUS_URL: busUrl() };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    output: () => text,
    interrupt: () => void child.kill('SIGINT'),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

/** Runs the command to its end. */
async function bus(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = start(...args);
  const code = await command.ended;
  return { code, output: command.output() };
}

async function untilDeadLetters(count: number): Promise<void> {
  await waitFor(`${count} dead letters`, async () => {
    return (await send<unknown[]>(`${busUrl()}/dead-letters`)).json().length === count;
  });
}

describe('npm run bus', () => {
  it('lists groups; pauses and resumes one', async () => {
    expect((await bus('groups')).output).toMatch(/^GROUP +STATE +CURSOR .*\norders +flowing +0 /);
    expect(await bus('pause', 'orders')).toEqual({ code: 0, output: 'orders: paused\n' });
    await publish('o1');
    expect((await bus('groups')).output).toMatch(/orders +paused +0 +1 \(.*paused by an operator/);
    expect(await bus('resume', 'orders')).toEqual({ code: 0, output: 'orders: flowing\n' });
    await waitFor('the event', () => received.length === 1);
  });

  it('lists dead letters and delivers them again, showing how that goes', async () => {
    expect((await bus('dead-letters')).output).toBe('No dead letters.\n');
    takesEvents = false;
    await publish('o1', 'o2', 'o3');
    await untilDeadLetters(3);
    const { output } = await bus('dead-letters', '--group', 'orders');
    expect(output).toMatch(/orders:1 +dead +OrderPlaced +o1 +1 +\S+Z +answered 422\n/);
    takesEvents = true;
    expect((await bus('redeliver', 'orders:2')).output).toMatch(/1 of 1 delivered, 0 given up again.* 0 waiting\n$/);
    expect(received).toEqual([2]);
    expect((await bus('redeliver', '--group', 'orders')).output).toMatch(/2 of 2 delivered/);
    expect((await bus('redeliver', '--all')).output).toMatch(/^Nothing to deliver again/);
    expect(received.sort()).toEqual([1, 2, 3]);
  });

  it('replays, and says before how much', async () => {
    await publish('o1', 'o2', 'o3');
    await waitFor('the events', async () => /orders +flowing +3 /.test((await bus('groups')).output));
    const dry = await bus('replay', 'orders', '--from', '2', '--dry-run');
    expect(dry.output).toBe('2 events would be delivered to orders again, from event 2 on.\n');
    await bus('replay', 'orders', '--key', 'o3');
    await waitFor('the event again', () => received.filter((sequence) => sequence === 3).length === 2);
    expect((await bus('replay', 'orders', '--from', 'beginning')).code).toBe(0);
    await waitFor('all again', () => received.length === 3 + 1 + 3);
  });

  it('shows events as they come, from a place on and of some types', async () => {
    await publish('o1', 'o2');
    const command = start('tail', '--from', '2', '--type', 'OrderPlaced');
    await waitFor('the event from before', () => command.output().includes('o2'));
    await send(`${busUrl()}/events`, { json: { type: 'Other', data: {} } });
    await publish('o3');
    await waitFor('the new event', () => command.output().includes('o3'));
    command.interrupt();
    expect(await command.ended).toBe(0);
    const lines = command.output().trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/\S+Z/, 'TIME'))).toEqual([
      '2  TIME  OrderPlaced  o2  {"id":"o2"}',
      '4  TIME  OrderPlaced  o3  {"id":"o3"}',
    ]);
  });

  it('shows the data of an event in one line, with each digit of its numbers', async () => {
    const body = '{"type":"Paid","data":{"id":9007199254740993,\n"price": 1.10,"list":[1e400, -0,"1.10 \\"x\\""]}}';
    await send(`${busUrl()}/events`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    const command = start('tail', '--from', '1');
    await waitFor('the event', () => command.output().endsWith('\n'));
    command.interrupt();
    await command.ended;
    expect(command.output()).toContain(
      '  Paid  9007199254740993  {"id":9007199254740993,"price":1.10,"list":[1e400,-0,"1.10 \\"x\\""]}\n',
    );
  });

  it.each([
    [['fly'], /^\nUnknown: fly\.\n\nnpm run bus -- <command>/],
    [[], /^\nWhat\?/],
    [['replay', 'orders'], /The bus answered 400: .*\n {2}from is required/],
    [['replay', 'orders', '--from', '99'], /from must not be after event 1, the next one of the group/],
    [['pause', 'nobody'], /The bus answered 404: There is no group/],
    [['redeliver', 'nonsense'], /ids\[0\] must be the id of a dead letter/],
    [['pause'], /Name one group/],
  ])('says what is wrong with %j', async (args, expected) => {
    const { code, output } = await bus(...args);
    expect(code).toBe(1);
    expect(output).toMatch(expected);
  });

  it('says so where no bus answers', async () => {
    await system().get('event-bus').stop();
    const { code, output } = await bus('groups');
    expect(code).toBe(1);
    expect(output).toContain('Nobody answers at');
  });
});
