import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { blogEvents } from '../src';

/** The chapters of docs/events.md, by their titles. */
const chapters = new Map(
  readFileSync(join(__dirname, '../../../docs/events.md'), 'utf8')
    .split(/^## /m)
    .map((chapter) => [chapter.split('\n', 1)[0] ?? '', chapter]),
);

interface Example {
  type: string;
  data: Record<string, unknown>;
  specversion?: string;
}

describe.each(Object.entries(blogEvents))('docs/events.md on %s', (type, schema) => {
  const chapter = chapters.get(type) ?? '';
  const examples = [...chapter.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => JSON.parse(json) as Example);
  const [whole, classic] = examples;
  const isMarked = (field: string, mark: string): boolean => new RegExp(`\\| \`${field}\` .*_${mark}_`).test(chapter);

  it('has the fields of its schema, and marks those that must be there', () => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
    const fields = [...chapter.matchAll(/^\| `(\w+)` /gm)].map(([, field = '']) => field);
    expect(fields).toEqual(Object.keys(properties));
    expect(fields.filter((field) => isMarked(field, 'required')).sort()).toEqual([...required].sort());
  });

  it('has a whole example, with every field', () => {
    expect(whole).toMatchObject({ type, specversion: '1.0' });
    expect(schema.parse(whole?.data)).toEqual(whole?.data);
    expect(Object.keys(whole?.data ?? {}).sort()).toEqual(Object.keys(schema.shape).sort());
  });

  it('has an example of classic code: type and data with the classic fields', () => {
    expect(Object.keys(classic ?? {})).toEqual(['type', 'data']);
    expect(classic?.type).toBe(type);
    expect(schema.safeParse(classic?.data).error).toBeUndefined();
    const isNew = (field: string): boolean => !isMarked(field, 'classic') && !isMarked(field, 'required');
    expect(Object.keys(classic?.data ?? {}).filter(isNew)).toEqual([]);
  });

  it('says who publishes it, as the schema does', () => {
    const publisher = /^By (\w+)/.exec(schema.description ?? '')?.[1];
    expect(chapter).toContain(`By \`${publisher ?? '?'}\``);
  });
});
