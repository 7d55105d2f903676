/** What a check found, of one thing. */
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
  /** What a policy lacks, to be added to it as it stands. */
  readonly statement?: MissingStatement;
}

export type LineState = 'ok' | 'warning' | 'failure';

/** A statement of a RAM policy. */
export interface MissingStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** What a harmless call told of one permission. */
export interface PermissionReport {
  readonly account: string;
  /** As policies name it, such as `ram:CreateAccessKey`. */
  readonly action: string;
  /** `unprobed`: no harmless call tells. `unknown`: the cloud answered neither yes nor no. */
  readonly result: 'allowed' | 'denied' | 'unprobed' | 'unknown';
  /** Why it is not known. */
  readonly why?: string;
  /** What to do where it is not known. */
  readonly remedy?: string;
  /** keyturn does without it, if less well. */
  readonly optional?: true;
  /** The resources that a policy must name to grant it. */
  readonly resources: readonly string[];
}

/** What a deployed function answers to `{"check": true}`. */
export interface CheckReport {
  readonly permissions: readonly PermissionReport[];
  readonly lines: readonly Line[];
}
