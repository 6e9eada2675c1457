import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '..', 'src');
const styles = readFileSync(join(source, 'styles', 'reader-pages.ts'), 'utf8');

const modulesIn = (folder: string): string[] =>
  readdirSync(join(source, folder)).flatMap((name) => (name.endsWith('.module.css') ? [`../${folder}/${name}`] : []));

it('The styles of all routes and of the components that they share are part of the reader pages', () => {
  const modules = ['components', 'routes'].flatMap(modulesIn);
  expect(modules.length).toBeGreaterThan(5);
  expect(modules.filter((path) => !styles.includes(`import '${path}';`))).toEqual([]);
});
