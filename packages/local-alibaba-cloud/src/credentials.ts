export interface Pair {
  accessKeyId: string;
  accessKeySecret: string;
}

export interface SessionCredentials extends Pair {
  securityToken: string;
  /** `2026-11-23T19:07:22Z` */
  expiration: string;
}
