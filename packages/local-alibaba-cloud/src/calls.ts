/** The cloud's own record of a call: everything, secrets too. */
export interface CallRecord {
  seq: number;
  /** The cloud's clock, milliseconds. */
  at: number;
  product: string;
  action: string;
  write: boolean;
  params: Readonly<Record<string, string>>;
  /** As it came. */
  url: string;
  headers: Readonly<Record<string, string>>;
  accessKeyId: string | undefined;
  principalArn: string | undefined;
  account: string | undefined;
  /** What was asked of the policies: `ram:GetUser acs:ram::…:user/x`. */
  checked: string[];
  allowed: boolean;
  /** HTTP status; 0 where the connection was cut. */
  status: number;
  code: string | undefined;
  /** The action was carried out, whatever the caller has heard of it. */
  executed: boolean;
  /** Real time, `performance.now()`. */
  startedAt: number;
  finishedAt: number;
}

/** The last calls, oldest first. */
export class CallLog {
  readonly records: CallRecord[] = [];
  readonly #limit: number;

  /** @param keep how many: a number, all of them (true) or none (false) */
  constructor(keep: boolean | number) {
    this.#limit = keep === true ? Number.POSITIVE_INFINITY : Number(keep);
  }

  get on(): boolean {
    return this.#limit > 0;
  }

  add(record: CallRecord): void {
    if (!this.on) return;
    this.records.push(record);
    if (this.records.length > 2 * this.#limit) this.records.splice(0, this.records.length - this.#limit);
  }
}
