import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The names of the files beside a database, itself among them, that hold one of these texts. */
export function filesWith(database: string, ...texts: string[]): string[] {
  const folder = dirname(database);
  return readdirSync(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return texts.some((text) => bytes.includes(text));
  });
}
