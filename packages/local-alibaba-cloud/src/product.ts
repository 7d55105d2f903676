import type { CloudError, ErrorCode } from './errors';
import type { Params } from './params';
import type { AccessKey, AccountState, CloudState, Session, User } from './state';

export type ProductName = 'ram' | 'ims' | 'kms' | 'sts' | 'resource-manager' | 'actiontrail' | 'sas';

/** Who signed a call. */
export type Principal =
  | { kind: 'root'; account: AccountState; keyId: string; arn: string }
  | { kind: 'user'; account: AccountState; keyId: string; arn: string; user: User; key: AccessKey }
  | { kind: 'role'; account: AccountState; keyId: string; arn: string; session: Session };

/** One call, authenticated. */
export interface Call {
  cloud: CloudState;
  principal: Principal;
  account: AccountState;
  params: Params;
  /** The cloud's clock, milliseconds. */
  now: number;
}

/** What a caller must be allowed to do. */
export interface Check {
  /** `ram:CreateAccessKey` */
  action: string;
  /** As policies have to name it: `acs:ram:*:1234567890123456:user/alice` */
  resource: string;
}

export interface Action {
  write: boolean;
  /** Throws where the account does not have the action, which it says before it asks for permission. */
  offered?: (call: Call) => void;
  /** The body of the answer, without RequestId. Throws a CloudError. */
  run: (call: Call) => Record<string, unknown>;
}

export interface Product {
  name: ProductName;
  version: string;
  /** As it appears in the last use of a key. */
  service: string;
  /** Takes V1 signatures without SignatureNonce. */
  nonceOptional?: true;
  actions: Readonly<Record<string, Action>>;
  /** Whom and what a call is about, by the placeholders of `facts/authorization.json`. */
  subjects: Readonly<Record<string, (call: Call) => readonly string[]>>;
  /** The error for a parameter that is needed and missing. */
  missing: (parameter: string) => CloudError;
  /** Where this product words a common error in its own way. */
  dialect: Partial<Record<ErrorCode, (error: CloudError) => CloudError>>;
  /** A request id as the product writes it: in capitals, or not. */
  requestId: (uuid: string) => string;
  /** The body of an error. */
  errorBody: (error: CloudError, requestId: string) => Record<string, unknown>;
}
