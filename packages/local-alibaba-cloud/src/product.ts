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
  /** Names of one and the same thing; a policy has to match one of them. */
  resources: string[];
}

export interface Action {
  write: boolean;
  /** All of them have to be allowed. None: the call needs no permission. */
  checks: (call: Call) => Check[];
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
  /** The error for a parameter that is needed and missing. */
  missing: (parameter: string) => CloudError;
  /** Where this product words a common error in its own way. */
  dialect: Partial<Record<ErrorCode, (error: CloudError) => CloudError>>;
  /** A request id as the product writes it: in capitals, or not. */
  requestId: (uuid: string) => string;
  /** The body of an error. */
  errorBody: (error: CloudError, requestId: string) => Record<string, unknown>;
}
