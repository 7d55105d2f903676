import type { Fault } from '../../packages/local-alibaba-cloud/index';

type Unaimed<F> = F extends Fault ? Omit<F, 'match' | 'times'> : never;

/** What may become of a call; `kill` is the end of the process that makes it. */
export type Blow =
  | { readonly name: string; readonly kill: 'before' | 'after' }
  | { readonly name: string; readonly kill?: undefined; readonly fault: Unaimed<Fault> };

const fault = (name: string, kind: Unaimed<Fault>): Blow => ({ name, fault: kind });

export const killedBefore: Blow = { name: 'killed before', kill: 'before' };
export const killedAfter: Blow = { name: 'killed after', kill: 'after' };

export const outage: Blow = fault('500', { kind: 'error', status: 500, code: 'InternalError' });
export const badGateway: Blow = fault('HTML 502 although it was executed', {
  kind: 'html',
  execute: true,
});

export const errors: readonly Blow[] = [
  outage,
  badGateway,
  fault('answer lost', { kind: 'drop-after' }),
  fault('503', { kind: 'error', status: 503, code: 'ServiceUnavailable' }),
  fault('time-out although it was executed', { kind: 'hang', execute: true }),
  fault('throttled', { kind: 'error', status: 400, code: 'Throttling.User' }),
];

export const blows: readonly Blow[] = [killedBefore, killedAfter, ...errors];
