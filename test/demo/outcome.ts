import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a program prints, and its exit code. */
export async function outcomeOf(file: string, ...args: string[]) {
  return promisify(execFile)(process.execPath, [file, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) =>
      ({ code, stdout, stderr }) as { code: number; stdout: string; stderr: string },
  );
}
