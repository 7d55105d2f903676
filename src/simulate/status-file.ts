import { readFileSync } from 'node:fs';
import * as z from 'zod';

const word = z.string().regex(/^[\w.-]+$/);
const time = z.iso.datetime({ offset: true });
const lastUse = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('at'), at: time, service: z.string().optional() }),
  z.object({ kind: z.literal('never') }),
  z.object({ kind: z.literal('unread'), why: z.string().default('') }),
]);
const key = z.object({
  keyId: word,
  role: z.enum(['current', 'standby', 'old', 'orphan', 'other']),
  status: z.enum(['Active', 'Inactive']),
  createdAt: time,
  lastUse,
  currentSince: time.optional(),
  replacedAt: time.optional(),
  graceEndsAt: time.optional(),
  disabledAt: time.optional(),
});
const user = z.object({
  user: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  state: word,
  reason: word,
  keys: z.array(key),
  secret: z.object({ state: z.enum(['absent', 'deleting', 'unusable', 'present', 'unread']) }),
  hold: z.object({ until: time.optional() }).optional(),
});
const account = z.object({
  account: z.string().regex(/^\d+$/),
  region: z.string().regex(/^[a-z]{2}(-[a-z0-9]+)+$/),
  rotation: z.object({ grace: z.string() }),
  usersInAccount: z.int().min(0),
  users: z.array(user),
  missing: z.array(z.string()).default([]),
  error: z.object({ code: word }).optional(),
});
/** What a simulation needs of a `Status`; other fields are left aside, since some may be added. */
const status = z.object({ version: z.literal(1), at: time, accounts: z.array(account).min(1) });

export type KnownUser = z.output<typeof user>;
export type KnownKey = z.output<typeof key>;
export type KnownAccount = z.output<typeof account> & { readonly at: string };

/** The file cannot be used as a status. */
export class StatusFileError extends Error {
  override readonly name = 'StatusFileError';
}

/**
 * One account of what `keyturn status --json` printed: the named one, else the first.
 * @throws StatusFileError
 */
export function readStatusFile(file: string, named: string | undefined): KnownAccount {
  const refuse = (why: string) => new StatusFileError(`${file} cannot be simulated: ${why}`);
  const written = jsonIn(file, refuse);
  const version = isObject(written) ? written.version : undefined;
  if (version === undefined) throw refuse('it is not what `keyturn status --json` prints');
  if (version !== 1) throw refuse('its version is not 1, the one that this keyturn knows');
  const parsed = status.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { accounts, at } = parsed.data;
  const chosen = named === undefined ? accounts[0] : accounts.find((each) => each.account === named);
  if (!chosen) throw refuse(`it has no account ${named}`);
  if (chosen.error) throw refuse(`account ${chosen.account} could not be read (${chosen.error.code})`);
  return { ...chosen, at };
}

function jsonIn(file: string, refuse: (why: string) => StatusFileError): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refuse(
      error instanceof SyntaxError ? 'it is not JSON' : 'there is no such file, or it cannot be read',
    );
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
