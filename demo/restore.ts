import type { FunctionContext } from '../src/accounts/function-context';
import { restoreHere } from '../src/cli/operator/restore';
import { loadConfig } from '../src/config/load';
import type { Restored } from '../src/inactivity/restore';

/** `keyturn restore`, with the pair of an operator, in a process of its own: its clock stands where the demo's does. */
export async function handler(userName: Buffer, context: FunctionContext): Promise<Restored> {
  const config = loadConfig({ env: process.env, codeDir: __dirname });
  return restoreHere(userName.toString(), { config, mode: config.mode, context });
}
