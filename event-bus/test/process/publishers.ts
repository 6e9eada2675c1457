import type { Published } from '../total-queue';

export interface Publishers {
  published: Published[];
  acknowledged: string[];
  /** Called after each acknowledgement, with how many there were. */
  onAcknowledged: (count: number) => void;
  /** Lets each publisher finish the event that it is at. */
  finish(): Promise<void>;
  /** For `afterEach`: ends them, whatever they wait for. */
  abandon(): void;
}

async function publish(url: string, event: object): Promise<boolean> {
  try {
    const body = JSON.stringify(event);
    const answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/**
 * So many publishers at once, each with keys of its own. Each publishes one event after the other, and the same again
 * until it is acknowledged: the id makes that harmless.
 * @param urlOf the bus, once it is there (again)
 */
export function startPublishers(count: number, urlOf: () => Promise<string>, keysEach = 4): Publishers {
  let finishing = false;
  let abandoned = false;
  const publishers: Publishers = {
    ...{ published: [], acknowledged: [], onAcknowledged: () => undefined },
    abandon: () => void (abandoned = finishing = true),
    async finish() {
      finishing = true;
      await Promise.all(loops);
    },
  };

  async function loop(publisher: number): Promise<void> {
    for (let n = 0; !finishing; n += 1) {
      const [id, key] = [`p${publisher}-${n}`, `p${publisher}-k${n % keysEach}`];
      publishers.published.push({ id, key });
      const event = { id, source: '/test', type: 'T', partitionkey: key, data: { publisher, n } };
      while (!abandoned && !(await publish(await urlOf(), event)));
      publishers.acknowledged.push(id);
      publishers.onAcknowledged(publishers.acknowledged.length);
    }
  }

  const loops = Array.from({ length: count }, (_, publisher) => loop(publisher));
  return publishers;
}
