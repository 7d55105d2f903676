import type { Fault } from '../../local/faults';

/** What may become of a call; `kill` is the end of the process that makes it. */
export type Blow =
  | { readonly name: string; readonly kill: 'before' | 'after' }
  | { readonly name: string; readonly kill?: undefined; readonly fault: Omit<Fault, 'match' | 'times'> };

const fault = (name: string, kind: Omit<Fault, 'match' | 'times'>): Blow => ({ name, fault: kind });

export const killedBefore: Blow = { name: 'killed before', kill: 'before' };
export const killedAfter: Blow = { name: 'killed after', kill: 'after' };

export const errors: readonly Blow[] = [
  fault('answer lost', { kind: 'drop-after' }),
  fault('500', { kind: 'error', status: 500, code: 'InternalError' } as never),
  fault('503', { kind: 'error', status: 503, code: 'ServiceUnavailable' } as never),
  fault('503 although it was executed', { kind: 'error', status: 503, execute: true } as never),
  fault('HTML 502 although it was executed', { kind: 'html', execute: true } as never),
  fault('time-out', { kind: 'hang' }),
  fault('time-out although it was executed', { kind: 'hang', execute: true } as never),
  fault('throttled', { kind: 'error', status: 400, code: 'Throttling.User' } as never),
];

export const blows: readonly Blow[] = [killedBefore, killedAfter, ...errors];
