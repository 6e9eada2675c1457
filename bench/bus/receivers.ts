// The process of the four receivers. They answer as soon as they have a body, and count.
import { openHttpReceivers } from './http';
import { openJetStreamReceivers } from './jetstream';
import { openRabbitReceivers } from './rabbitmq';
import { serve } from './remote';
import { createTally, type Expected, type Receipts } from './tally';
import { type CloseReceivers, groupCount, type Wiring } from './wiring';

const tally = createTally(groupCount);
let closeReceivers: CloseReceivers | undefined;
let cpuBefore = process.cpuUsage();

function open(wiring: Wiring): Promise<CloseReceivers> {
  switch (wiring.kind) {
    case 'http':
      return openHttpReceivers(wiring.receiverPorts, tally.note);
    case 'rabbitmq':
      return openRabbitReceivers(wiring.url, wiring.queues, tally.note);
    case 'jetstream':
      return openJetStreamReceivers(wiring.servers, { from: wiring.stream, names: wiring.consumers }, tally.note);
  }
}

const handlers = {
  open: async (wiring: Wiring): Promise<void> => void (closeReceivers = await open(wiring)),
  begin(from: number): void {
    tally.begin(from);
    cpuBefore = process.cpuUsage();
  },
  /** CPU in microseconds since `begin`. */
  async settled(expected: Expected): Promise<Receipts & { cpuTime: number }> {
    const receipts = await tally.settled(expected);
    const { user, system } = process.cpuUsage(cpuBefore);
    return { ...receipts, cpuTime: user + system };
  },
  close: async (_: null): Promise<void> => closeReceivers?.(),
};

export type ReceiverCalls = typeof handlers;

serve(handlers);
