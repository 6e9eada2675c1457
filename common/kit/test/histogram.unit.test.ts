import { Histogram, Registry } from 'prom-client';
import * as fc from 'fast-check';
import { createHistogram } from '../src/histogram';

const shape = { name: 'h_seconds', help: 'A time', labelNames: ['a', 'b'] as const, buckets: [0.1, 1, 10] };

/** The lines of a registry that tell a value, sorted; how numbers add up may differ in the last digit. */
async function linesOf(registry: Registry): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => line.replace(/ ([\d.e-]+)$/, (_all, number) => ` ${Number(number).toPrecision(9)}`))
    .sort();
}

const value = fc.oneof(fc.constantFrom(0, 0.1, 1, 10), fc.double({ min: 0, max: 100, noNaN: true }));
const label = fc.constantFrom('x', 'y', 'with "quotes"', 'x\n');
const labels = fc.record({ a: label, b: label });

it('says the same as the one of prom-client', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(labels, fc.array(value, { minLength: 1 }))), async (observed) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const histogram = createHistogram({ ...shape, registry: ours });
      const model = new Histogram({ ...shape, buckets: [...shape.buckets], registers: [theirs] });
      for (const [given, values] of observed) {
        histogram.observe(given, ...values);
        for (const each of values) model.observe(given, each);
      }
      expect(await linesOf(ours)).toEqual(await linesOf(theirs));
    }),
  );
});

it('refuses what is not a number, and forgets all on reset', async () => {
  const registry = new Registry();
  const histogram = createHistogram({ ...shape, labelNames: [], registry });
  expect(() => histogram.observe({}, NaN)).toThrow('h_seconds: NaN is not a number');
  histogram.observe({}, 5);
  expect(await registry.getSingleMetricAsString('h_seconds')).toContain('h_seconds_bucket{le="10"} 1');
  registry.resetMetrics();
  expect(await registry.getSingleMetricAsString('h_seconds')).not.toContain('_bucket');
});
