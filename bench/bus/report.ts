import { percentile } from '../figures/percentiles';
import type { Contestant } from './contestant';
import type { Measurement } from './measure';

export type Row = Record<string, string>;

/** What became of one contestant, round by round. */
export interface Results {
  contestant: Contestant;
  rounds: readonly (Measurement | Failure)[];
}

/** It could not be measured, and why. */
export interface Failure {
  failure: string;
}

export interface Goal {
  ours: string;
  other: string;
  /** Delivered events a second of ours over the other's. */
  atLeast: number;
}

const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–');
const percent = (part = NaN): string => (Number.isFinite(part) ? `${Math.round(part * 100)}%` : '–');
const ms = (value = NaN): string => (Number.isFinite(value) ? value.toFixed(1) : '–');

function measuredOf({ rounds }: Results): Measurement[] {
  return rounds.filter((round) => 'version' in round);
}

const rateOf = ({ deliveredPerSecond, publishedPerSecond }: Measurement): number =>
  Number.isNaN(deliveredPerSecond) ? publishedPerSecond : deliveredPerSecond;

/** The figures of the median round; of what must not happen, the worst of all. */
export function rowOf(results: Results): Row {
  const { name, fsynced } = results.contestant;
  const rounds = measuredOf(results).sort((a, b) => rateOf(a) - rateOf(b));
  const median = rounds[Math.floor(rounds.length / 2)];
  if (!median) return { bus: name, 'published/s': 'NOT MEASURED' };
  const { receipts, cpu } = median;
  const lost = rounds.reduce((sum, round) => sum + (round.receipts?.lost ?? NaN), 0);
  return {
    bus: name,
    'published/s': whole(median.publishedPerSecond),
    'delivered/s': whole(median.deliveredPerSecond),
    'p50 ms': ms(receipts?.p50),
    'p99 ms': ms(receipts?.p99),
    'acked is fsynced': fsynced,
    'acked − received': whole(lost),
    'worst loop p99 ms': ms(Math.max(...rounds.map(({ loopDelayP99 = NaN }) => loopDelayP99))),
    events: whole(median.events),
    'bus µs/event': whole(cpu.contestant * 1e6),
    'load: publisher, receivers': `${percent(cpu.publisher)}, ${percent(cpu.receivers)}`,
  };
}

export function ceilingRow(name: string, perSecond: number): Row {
  return { bus: name, 'published/s': whole(perSecond), 'acked is fsynced': 'yes' };
}

/** What was measured, and what was not and why. */
export function notesOn({ contestant, rounds }: Results): string[] {
  const notes = rounds.map((round) => {
    if ('failure' in round) return `NOT MEASURED: ${round.failure}`;
    if (round.fault !== undefined) return `${round.refused} publishes refused: ${round.fault}`;
    return round.version;
  });
  return [...new Set(notes)].map((note) => `${contestant.name}: ${note}`);
}

/** The median of the rounds' ratios: what disturbs one round on a busy machine disturbs both sides of it. */
export function ratioOf(ours: Results, other: Results): number {
  const ratios = ours.rounds.flatMap((mine, round) => {
    const theirs = other.rounds[round];
    return theirs && 'version' in mine && 'version' in theirs ? [rateOf(mine) / rateOf(theirs)] : [];
  });
  return percentile(ratios, 0.5);
}

export function goalLine({ atLeast }: Goal, ours: Results, other: Results): string {
  const what = `${ours.contestant.name} ÷ ${other.contestant.name}, delivered/s`;
  const ratio = ratioOf(ours, other);
  if (Number.isNaN(ratio)) return `${what}: not measured (goal: at least ${atLeast})`;
  return `${what}: ${ratio.toFixed(2)} (goal: at least ${atLeast}; ${ratio >= atLeast ? 'reached' : 'MISSED'})`;
}
