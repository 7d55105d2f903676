export type LineState = 'ok' | 'warning' | 'failure';

/** What one check found. */
export interface Line {
  /** Kebab-case and stable, such as `idle-rule`; several lines may share one. */
  readonly id: string;
  /** Absent where it is about no account in particular. */
  readonly account?: string;
  readonly state: LineState;
  /** For a person. */
  readonly text: string;
  /** What to do; present wherever the state is not `ok`. */
  readonly remedy?: string;
}

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
