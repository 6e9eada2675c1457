/** An export takes its name when it is whole: what is cut off leaves nothing that looks like one. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

/** Throws where something is there already. An empty folder is nothing. */
export function requireFree(target) {
  if (!existsSync(target)) return;
  if (!isFolder(target)) throw new Error(`${target} is there already.`);
  if (readdirSync(target).length > 0) throw new Error(`${target} is not empty.`);
}

/** Runs `work` with a path beside the target, and gives it the target's name when `work` is done. */
export async function writeBeside(target, work) {
  requireFree(target);
  mkdirSync(dirname(target), { recursive: true });
  const beside = join(dirname(target), `.${basename(target)}.part-${process.pid}`);
  const remove = () => rmSync(beside, { recursive: true, force: true });
  remove();
  process.once('exit', remove);
  const result = await work(beside);
  requireFree(target);
  if (isFolder(target)) rmdirSync(target);
  renameSync(beside, target);
  return result;
}
