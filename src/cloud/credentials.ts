import type { Secret } from './secret';

/** What calls are signed with. Those of a function expire while its instance lives: take them afresh per call. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: Secret;
  readonly securityToken?: Secret;
}

/** An AccessKey with its secret half, as it is issued by RAM and kept in KMS. */
export interface KeyPair {
  readonly keyId: string;
  readonly secret: Secret;
}
