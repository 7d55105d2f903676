import { randomUUID } from 'node:crypto';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What an account's weaknesses are is for its owner to show around. */
const ownerOnly = 0o600;

/** @throws where the file could not be written, so that nobody waits for a report in vain */
export async function mustBeWritable(path: string): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw new Error(`${path} is a folder`);
  if (target && !target.isFile()) return access(path, constants.W_OK);
  await access(dirname(path), constants.W_OK);
}

/**
 * Puts the file in its place whole or not at all, and readable by its owner only. A link keeps pointing where it
 * did; what is no file, such as a pipe, is written to as it stands.
 */
export async function putFile(path: string, content: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => undefined);
  if (before && !before.isFile()) return writeFile(target, content);
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, content, { mode: ownerOnly, flag: 'wx' });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
