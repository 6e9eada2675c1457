import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../laptop/processes.cjs';
import { folder } from './kubernetes/manifests';

const manifests = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml'));
const files = [
  ...['README.md', 'docs/deploy.md', 'infra/skaffold.yaml'].map((name) => join(root, name)),
  ...manifests.map((name) => join(folder, name)),
];

/** Commands that consist of other commands: the word after them belongs to their name. */
const groups = ['rollout', 'create', 'create secret', 'config', 'set'];
/** What the documents say of themselves to need kubectl 1.21. */
const since121 = '--load-restrictor';

interface Command {
  text: string;
  name: string[];
  flags: string[];
}

/** `kubectl get -w -o name` → `get` with `-w` and `-o`. What comes after `--` is no longer kubectl's. */
function parse(text: string): Command {
  const [own = ''] = text.split(/ -- |&&|, | \|/);
  const words = own.split(/\s+/).slice(1);
  const name = words.splice(0, 1);
  while (groups.includes(name.join(' '))) name.push(...words.splice(0, 1));
  const given = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
  const flags = given.flatMap((flag) => (flag.startsWith('--') ? [flag] : [...flag.slice(1)].map((one) => `-${one}`)));
  return { text, name, flags };
}

const commandsIn = (text: string): Command[] =>
  [...text.matchAll(/kubectl [a-z][^\n`)#]*/g)].map(([found]) => parse(found));

const helps = new Map<string, string>();

function helpOf(name: string[]): string {
  const key = name.join(' ');
  const known = helps.get(key);
  if (known !== undefined) return known;
  const help = execFileSync('kubectl', [...name, '--help'], { encoding: 'utf8', stdio: 'pipe' });
  helps.set(key, help);
  return help;
}

/** Whether the help lists a flag: `-f, --filename=[]:` or `--previous=false:`. */
const lists = (help: string, flag: string): boolean => new RegExp(`^\\s+(-\\w, )?${flag}[,=: ]`, 'm').test(help);

const faultsOf = ({ text, name, flags }: Command): string[] =>
  flags.filter((flag) => flag !== since121 && !lists(helpOf(name), flag)).map((flag) => `${text}: no flag ${flag}`);

describe('the kubectl commands that the documents and manifests print', () => {
  it('have only flags that this kubectl knows', () => {
    const commands = files.flatMap((file) => commandsIn(readFileSync(file, 'utf8')));
    expect(commands.length).toBeGreaterThan(30);
    expect(commands.flatMap(faultsOf)).toEqual([]);
  });

  it('restart deployments by name: selectors came with 1.24', () => {
    const restarts = files.flatMap((file) =>
      commandsIn(readFileSync(file, 'utf8')).filter(({ name }) => name.join(' ') === 'rollout restart'),
    );
    expect(restarts.length).toBeGreaterThan(2);
    expect(restarts.filter(({ flags }) => flags.length > 0)).toEqual([]);
  });

  it('would be found if a flag were unknown', () => {
    const planted = commandsIn(
      'Do `kubectl get pods --watching`, `kubectl apply -kz x` and kubectl logs --previous x.',
    );
    expect(planted.flatMap(faultsOf)).toEqual([
      'kubectl get pods --watching: no flag --watching',
      'kubectl apply -kz x: no flag -z',
    ]);
  });
});
