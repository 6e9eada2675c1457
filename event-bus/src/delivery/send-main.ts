// The main of the thread that sends: see `sendInThread`.
import { parentPort, workerData } from 'node:worker_threads';
import { inBatches } from './in-batches';
import type { HttpSender, SentPush } from './send';
import { sendHere } from './senders';
import type { FromSendThread, SendThreadData, ToSendThread } from './thread-senders';

const { written, ...options } = workerData as SendThreadData;
const senders = sendHere(options);
const byGroup = new Map<string, HttpSender>();
const underWay = new Map<number, SentPush>();
const reply = inBatches<FromSendThread>((answers) => parentPort?.postMessage(answers));

function senderOf(group: string): HttpSender {
  const sender = byGroup.get(group) ?? senders.open(group);
  byGroup.set(group, sender);
  return sender;
}

function send({ number, group, push }: Extract<ToSendThread, { kind: 'send' }>): void {
  const sent = senderOf(group).send(push, () => Atomics.store(written, number % written.length, number));
  underWay.set(number, sent);
  void sent.answer.then((answer) => {
    underWay.delete(number);
    reply({ number, answer });
  });
}

function obey(message: ToSendThread): void {
  if (message.kind === 'send') return send(message);
  if (message.kind === 'abort') return underWay.get(message.number)?.abort(message.reason);
  byGroup.get(message.group)?.close();
  byGroup.delete(message.group);
}

parentPort?.on('message', (messages: ToSendThread[]) => messages.forEach(obey));
