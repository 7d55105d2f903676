import { refusal } from '../errors';
import type { Action, Call } from '../product';
import { read, write } from './identity';
import { onUser, userOrCaller } from './ims-user';

interface NetworkPolicy {
  Version: number;
  Status: string;
  Statements: { Type: string; Value?: string; IPList: string[] }[];
}

const CONDITIONS_PER_POLICY = 8;
const ADDRESSES_PER_POLICY = 50;

/** An account or region that does not have these actions yet says so before it asks for permission. */
const known = (action: string) => (call: Call) => {
  if (!call.cloud.switches.accessKeyPolicyKnown) throw refusal('InvalidAction.NotFound');
  return onUser(action)(call);
};

function checkPolicy(text: string): void {
  if (!wellFormed(text)) throw refusal('InvalidParameter.AccessKeyPolicy');
}

function wellFormed(text: string): boolean {
  try {
    const policy = JSON.parse(text) as NetworkPolicy;
    const addresses = policy.Statements.flatMap((statement) => statement.IPList);
    return (
      policy.Version === 1 &&
      ['Active', 'Inactive'].includes(policy.Status) &&
      policy.Statements.length <= CONDITIONS_PER_POLICY &&
      policy.Statements.every(({ Type }) => Type === 'ClassicWhiteList' || Type === 'VPCWhiteList') &&
      addresses.length <= ADDRESSES_PER_POLICY
    );
  } catch {
    return false;
  }
}

const keyOf = (call: Call) => call.account.key(userOrCaller(call), call.params.required('UserAccessKeyId'));

/** A key's own network access policy. */
export const accessKeyPolicies: Record<string, Action> = {
  SetAccessKeyPolicy: write(known('SetAccessKeyPolicy'), (call) => {
    const key = keyOf(call);
    const text = call.params.required('AccessKeyPolicy');
    checkPolicy(text);
    key.networkPolicy = text;
    return {};
  }),
  GetAccessKeyPolicy: read(known('GetAccessKeyPolicy'), (call) => {
    const key = keyOf(call);
    const AccessKeyPolicy = key.networkPolicy ?? '{"Version":1,"Status":"Inactive","Statements":[]}';
    return { AccessKeyId: key.id, AccessKeyPolicy };
  }),
};
