import { CloudError, isCode } from '../cloud/error';
import { DeadlineError } from '../cloud/gate';

/** What a source told, or why it is not known. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unread'; readonly why: string };

export const known = <T>(value: T): Reading<T> => ({ kind: 'read', value });
export const unread = (why: string): Reading<never> => ({ kind: 'unread', why });

/** A call that fails leaves one thing unknown, and the audit goes on; errors with one of these codes are passed on. */
export async function reading<T>(call: Promise<T>, ...passedOn: string[]): Promise<Reading<T>> {
  try {
    return known(await call);
  } catch (error) {
    const isFailedCall = error instanceof CloudError || error instanceof DeadlineError;
    if (!isFailedCall || isCode(error, ...passedOn)) throw error;
    return unread(error.message);
  }
}
