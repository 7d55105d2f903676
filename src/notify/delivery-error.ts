/**
 * A notice was not delivered. The message is composed of keyturn's own words, status numbers and known error
 * codes only: what a server or an SDK says may repeat a URL, a token or a signature.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Whether another attempt in this run can end differently. */
  readonly retryable: boolean;
  /** The receiver takes nothing for so many milliseconds: it said so, or its documentation does. */
  readonly laterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; laterMs?: number | undefined }) {
    super(message);
    this.retryable = options.retryable;
    this.laterMs = options.laterMs;
  }
}
