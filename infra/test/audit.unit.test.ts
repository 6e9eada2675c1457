import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../laptop/processes.cjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blog-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command with an npm that prints this, and ends with exit code 1 unless said otherwise. */
function run(printed: unknown, code = 1) {
  const npm = join(folder, 'npm.js');
  const text = typeof printed === 'string' ? printed : JSON.stringify(printed);
  const check = `if (!process.argv.includes('--omit=dev')) process.exit(3);`;
  writeFileSync(npm, `${check} process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${code};`);
  const env = { PATH: process.env['PATH'], npm_execpath: npm };
  const command = join(root, 'infra', 'laptop', 'audit.mjs');
  const { status, stdout } = spawnSync(process.execPath, [command], { env, encoding: 'utf8' });
  return { status, stdout };
}

const report = (...severities: string[]) => ({
  vulnerabilities: Object.fromEntries(
    severities.map((severity) => [severity, { name: `${severity}-package`, severity, range: '<2.0.0' }]),
  ),
  metadata: { vulnerabilities: { total: severities.length } },
});

describe('the check of dependencies', () => {
  it('passes where npm knows of no serious fault', () => {
    expect(run(report(), 0)).toEqual({ status: 0, stdout: expect.stringContaining('no serious fault') });
    expect(run(report('low', 'moderate')).status).toBe(0);
  });

  it('fails for a serious one, and names the package', () => {
    const { status, stdout } = run(report('moderate', 'high', 'critical'));
    expect(status).toBe(1);
    expect(stdout).toContain('! high-package <2.0.0: high\n! critical-package <2.0.0: critical');
    expect(stdout).not.toContain('moderate-package');
  });

  it.each([
    [
      'a registry that does not answer this',
      { statusCode: 405, message: '405 Method Not Allowed - POST https://me:pw@registry.example/x' },
      '405 Method Not Allowed',
    ],
    [
      'no network',
      { error: { code: 'ENOTFOUND', summary: 'request to https://registry.example/ failed' } },
      'request to',
    ],
    ['no output', '', 'npm audit gave no report'],
    ['something else', '<html>', 'npm audit gave no report'],
  ])('says that it did not check with %s, and is not red', (_what, printed, reason) => {
    const { status, stdout } = run(printed);
    expect(status).toBe(0);
    expect(stdout).toContain('!! DEPENDENCIES WERE NOT CHECKED for known faults: ');
    expect(stdout).toContain(reason);
    expect(stdout).not.toMatch(/https?:|pw/);
  });
});
