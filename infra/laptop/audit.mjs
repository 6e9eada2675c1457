// npm run check:dependencies: whether npm knows of a serious fault in what the blog runs with (not in what only builds and tests it).
import { execFile } from 'node:child_process';
import { npmCommand } from './npm.mjs';
import { root } from './processes.cjs';

const timeoutMs = 60_000;
const serious = ['high', 'critical'];

function runAudit(env) {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
  const [command, commandArgs, options] = npmCommand(args);
  // It ends with another code than 0 where it finds something, and where it can't ask: what it printed tells which.
  return new Promise((resolve) => {
    execFile(
      command,
      commandArgs,
      { cwd: root, env, timeout: timeoutMs, maxBuffer: 1e8, ...options },
      (error, stdout) => resolve({ stdout, stopped: error?.killed === true, code: error?.code }),
    );
  });
}

/** Without the address that was asked: it may hold a name and a password. */
const withoutUrls = (text) => text.replace(/( - [A-Z]+)? https?:\/\/\S+/g, '').trim();

function read(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

/**
 * Asks npm. `findings` are the names of packages with a serious fault; `reason` says why nothing was checked, as without a
 * network or with a registry that does not answer this. There is always one of the two.
 */
export async function auditDependencies(env = process.env) {
  const { stdout, stopped, code } = await runAudit(env);
  if (stopped) return { reason: `npm audit did not end within ${timeoutMs / 1000} s` };
  const report = read(stdout);
  if (report.metadata?.vulnerabilities === undefined || report.vulnerabilities === undefined) {
    const said = withoutUrls(String(report.message ?? report.error?.summary ?? report.error?.code ?? ''));
    return { reason: `npm audit gave no report${said === '' ? ` (${code ?? 'no output'})` : `: ${said}`}` };
  }
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => serious.includes(severity));
  return { findings: found.map(({ name, severity, range }) => `${name} ${range ?? ''}: ${severity}`) };
}

/** Says what was found, or that nothing was checked; gives the exit code: 1 only for findings. */
export function reportAudit({ findings, reason }) {
  if (reason !== undefined) console.log(describeUnchecked(reason));
  else if (findings.length === 0) console.log('npm knows of no serious fault in what the blog runs with.');
  for (const finding of findings ?? []) console.log(`! ${finding}`);
  if (findings?.length > 0) console.log('\nnpm audit --omit=dev says more, and which versions mend it.');
  return findings?.length > 0 ? 1 : 0;
}

export const describeUnchecked = (reason) =>
  `!! DEPENDENCIES WERE NOT CHECKED for known faults: ${reason}. Run npm run check:dependencies where the registry answers it.`;

if (process.argv[1] === import.meta.filename) process.exitCode = reportAudit(await auditDependencies());
