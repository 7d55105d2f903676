import type { DateTime } from 'luxon';
import * as z from 'zod';
import { type CloudError, unreadableAnswer } from './error';
import { readInstant } from './instant';
import { Secret } from './secret';

/**
 * What answers of the cloud are made of. Every answer is held to its documented shape before anything is done with
 * it, since an id that is a number, or a list that is missing, would be taken for data.
 */

/** An action of the cloud, as errors name it. */
export interface Origin {
  readonly product: string;
  readonly action: string;
}

export const text = z.string().min(1);

/** An empty text says as little as none. */
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

/** An id or a secret: printable, without spaces. */
export const token = z.string().regex(/^[!-~]+$/);

export const secret = token.transform((value) => new Secret(value));

/** A date with time and zone. */
export const instant = z.string().transform((value, context): DateTime => {
  const read = readInstant(value);
  if (read) return read;
  context.addIssue({ code: 'custom', message: 'no date' });
  return z.NEVER;
});

/** A date that not every account tells; one that cannot be read is not told either. */
export const optionalInstant = z
  .string()
  .nullish()
  .transform((value) => readInstant(value ?? ''));

/** A number of things. Some products write it as text. */
export const count = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** Not every account has every setting. */
export const optional = <T extends z.ZodType>(shape: T) =>
  shape.nullish().transform((value) => value ?? undefined);

/** Left to whoever uses it, which must take whatever comes. */
export const unchecked = z.unknown().optional();

/** The form of all lists: `{ "Users": { "User": [ … ] } }`. */
export const listOf = <T extends z.ZodType>(name: string, each: T) =>
  z.looseObject({ [name]: z.array(each) }).transform((list) => list[name] as z.output<T>[]);

/** Whatever an answer holds of it, a write says no more than that it was done. */
export const done = z.looseObject({});

const withRequestId = z.looseObject({ RequestId: text });

/** Every answer of the cloud has a request id; one without it came from something else on the way. @throws CloudError */
export function shaped<T>(from: Origin, body: unknown, shape: z.ZodType<T>): T {
  const fault = withRequestId.safeParse(body).error;
  if (fault) throw unshaped(from, fault);
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  throw unshaped(from, read.error);
}

/** Names where it is, and never what stands there. */
function unshaped({ product, action }: Origin, { issues }: z.ZodError): CloudError {
  const where = [...new Set(issues.map(({ path }) => path.join('.')))].slice(0, 3).join(', ');
  return unreadableAnswer(product, action, `${where || 'its body'} is not as documented`);
}
