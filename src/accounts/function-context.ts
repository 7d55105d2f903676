/** What Function Compute's Node.js runtime hands to a handler beside the event; only what keyturn reads. */
export interface FunctionContext {
  readonly requestId: string;
  /** Of the function's role. They expire while the instance lives, so they are taken afresh at every call. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
  };
  readonly function?: {
    readonly name?: string;
    /** Seconds. */
    readonly timeout?: number;
  };
  readonly service?: {
    /** The version or alias that was invoked. */
    readonly qualifier?: string;
  };
  readonly region?: string;
  readonly accountId?: string;
}
