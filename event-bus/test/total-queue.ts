/** An event that a publisher tried to publish: one key is published by one publisher, one event after the other. */
export interface Published {
  id: string;
  key: string;
}

/** An event that a subscriber answered with 2xx. */
export interface Handled {
  id: string;
  partitionkey: string;
  sequence: number;
}

export interface QueueReport {
  /** Acknowledged and never handled. */
  lost: string[];
  /** Handled and never published. */
  unexpected: string[];
  /** Stored twice: one id under two sequences. */
  storedTwice: string[];
  /** Handled for the first time after a later event of the same key. */
  outOfOrder: string[];
  /** Handled once more. Delivery is at least once, so these are allowed; how many tells how good the bus is. */
  duplicates: number;
}

/** Compares what was published and acknowledged with what one group handled. */
export function checkQueue(
  { published, acknowledged }: { published: readonly Published[]; acknowledged: readonly string[] },
  handled: readonly Handled[],
): QueueReport {
  const place = new Map(published.map(({ id }, index) => [id, index]));
  const first = new Map<string, Handled>();
  const newest = new Map<string, { sequence: number; place: number }>();
  const report: QueueReport = { lost: [], unexpected: [], storedTwice: [], outOfOrder: [], duplicates: 0 };

  for (const event of handled) {
    const at = place.get(event.id);
    const before = first.get(event.id);
    if (at === undefined) report.unexpected.push(event.id);
    else if (before) {
      report.duplicates += 1;
      if (before.sequence !== event.sequence) report.storedTwice.push(event.id);
    } else {
      first.set(event.id, event);
      const last = newest.get(event.partitionkey);
      if (last && (last.sequence > event.sequence || last.place > at)) report.outOfOrder.push(event.id);
      newest.set(event.partitionkey, { sequence: event.sequence, place: at });
    }
  }
  report.lost = acknowledged.filter((id) => !first.has(id));
  return report;
}

/** What a report must say, whatever was killed meanwhile. */
export const nothingWrong = { lost: [], unexpected: [], storedTwice: [], outOfOrder: [] };
