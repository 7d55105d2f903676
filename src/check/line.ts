import type { Line } from '../report/check-report';

export type { Line, LineState } from '../report/check-report';

/** What keeps a check from telling, or what it found wrong. */
export interface Trouble {
  readonly text: string;
  readonly remedy: string;
}

export const ok = (id: string, text: string): Line => ({ id, state: 'ok', text });

export const warning = (id: string, text: string, remedy: string): Line => ({
  id,
  state: 'warning',
  text,
  remedy,
});

export const failure = (id: string, text: string, remedy: string): Line => ({
  id,
  state: 'failure',
  text,
  remedy,
});
