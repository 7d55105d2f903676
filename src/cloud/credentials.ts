import type { Secret } from './secret';

/** What calls are signed with. Those of a function expire while its instance lives: take them afresh per call. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: Secret;
  readonly securityToken?: Secret;
  /** Where they may end while they are in use: asked before every call, it gives these, or newer ones. */
  readonly renewed?: () => Promise<Credentials>;
}

/** An AccessKey with its secret half, as it is issued by RAM and kept in KMS. */
export interface KeyPair {
  readonly keyId: string;
  readonly secret: Secret;
}
