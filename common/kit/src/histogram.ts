import type { Metric, Registry } from 'prom-client';

export interface HistogramOptions<L extends string> {
  name: string;
  help: string;
  labelNames: readonly L[];
  /** Upper bounds, ascending. */
  buckets: readonly number[];
  registry: Registry;
}

export interface Histogram<L extends string> {
  /** Counts one value, or several, under these labels. Values that are not finite are refused with a TypeError. */
  observe(labels: Readonly<Record<L, string | number>>, ...values: readonly number[]): void;
}

interface Series {
  labels: Record<string, string | number>;
  /** By bucket; the last one is for what is larger than all bounds. */
  counts: number[];
  sum: number;
}

/**
 * A Prometheus histogram for what happens for every request and event. prom-client's own looks up the series by its
 * labels and the bucket by its bound's text for each value, which is a twentieth of what the bus does for an event.
 */
export function createHistogram<L extends string>(options: HistogramOptions<L>): Histogram<L> {
  const { name, help, labelNames, buckets, registry } = options;
  const allSeries = new Map<string, Series>();

  function seriesOf(given: Readonly<Record<L, string | number>>): Series {
    let id = '';
    for (const label of labelNames) id += `${given[label]}\n`;
    let series = allSeries.get(id);
    if (!series) {
      const labels = Object.fromEntries(labelNames.map((label) => [label, given[label]]));
      series = { labels, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 };
      allSeries.set(id, series);
    }
    return series;
  }

  function valuesOf({ labels, counts, sum }: Series) {
    let below = 0;
    const cumulative = counts.map((count, bucket) => ({
      metricName: `${name}_bucket`,
      labels: { le: buckets[bucket] ?? '+Inf', ...labels },
      value: (below += count),
    }));
    return [
      ...cumulative,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: below },
    ];
  }

  const metric = {
    ...{ name, reset: () => allSeries.clear() },
    get: async () => ({
      ...{ name, help, type: 'histogram', aggregator: 'sum' },
      values: [...allSeries.values()].flatMap(valuesOf),
    }),
  };
  // This is all that a registry asks of a metric; its type names the library's own classes.
  registry.registerMetric(metric as unknown as Metric);

  return {
    observe(labels, ...values) {
      const series = seriesOf(labels);
      for (const value of values) {
        if (!Number.isFinite(value)) throw new TypeError(`${name}: ${value} is not a number`);
        let bucket = 0;
        while (value > (buckets[bucket] ?? Infinity)) bucket += 1;
        series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
        series.sum += value;
      }
    },
  };
}
