import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import * as z from 'zod';
import type { KeyPair } from '../../cloud/credentials';
import { Secret } from '../../cloud/secret';
import { CommandError, exitCode } from '../exit-code';

const keyId = z.string().regex(/^[A-Za-z0-9]{16,128}$/);
const keySecret = z.string().regex(/^\S{16,128}$/);
const json = z.object({ AccessKeyId: keyId, AccessKeySecret: keySecret });

/**
 * A pair from standard input: a JSON object with AccessKeyId and AccessKeySecret, or the two on a line each; at a
 * terminal they are asked for, and what is typed for the secret is not shown.
 * @throws CommandError, which says nothing of what was read
 */
export async function pairFromInput(input: NodeJS.ReadStream = process.stdin): Promise<KeyPair> {
  const text = input.isTTY ? await ask(input) : await whole(input);
  const read = json.safeParse(parse(text));
  if (!read.success) {
    throw new CommandError(
      'Standard input holds no AccessKey pair: give a JSON object with AccessKeyId and AccessKeySecret, or the two on a line each. Nothing was done.',
      exitCode.refused,
    );
  }
  return { keyId: read.data.AccessKeyId, secret: new Secret(read.data.AccessKeySecret) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const [AccessKeyId, AccessKeySecret, ...more] = text.trim().split(/\r?\n/);
    return more.length === 0 ? { AccessKeyId, AccessKeySecret } : undefined;
  }
}

const longestInput = 10_000;

async function whole(input: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk;
    if (text.length > longestInput) return '';
  }
  return text;
}

async function ask(input: NodeJS.ReadStream): Promise<string> {
  let shown = true;
  const output = new Writable({
    write: (chunk, _encoding, done) => (shown ? process.stderr.write(chunk, done) : done()),
  });
  const terminal = createInterface({ input, output, terminal: true, historySize: 0 });
  try {
    const id = await terminal.question('AccessKeyId: ');
    process.stderr.write('AccessKeySecret (not shown): ');
    shown = false;
    const secret = await terminal.question('');
    process.stderr.write('\n');
    return `${id.trim()}\n${secret.trim()}`;
  } finally {
    terminal.close();
  }
}
