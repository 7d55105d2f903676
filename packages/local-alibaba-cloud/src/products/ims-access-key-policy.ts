import { keyWithId, setNetworkPolicy, visibleNetworkPolicy } from '../account/keys';
import { refusal } from '../errors';
import type { Action, Call } from '../product';
import { read, write } from './identity';
import { userOrCaller } from './ims-user';

interface NetworkPolicy {
  Version?: number;
  Status: string;
  Statements: { Type: string; Value?: string; IPList: string[] }[];
}

const CONDITIONS_PER_POLICY = 8;
const ADDRESSES_PER_POLICY = 50;

/** An account or region that does not have these actions yet says so before it asks for permission. */
export function accessKeyPolicyOffered({ cloud }: Call): void {
  if (!cloud.switches.accessKeyPolicyKnown) throw refusal('InvalidAction.NotFound');
}

/** As it is kept: callers usually leave out the Version, and the service adds it. */
function keptPolicy(text: string): string {
  try {
    const policy = JSON.parse(text) as NetworkPolicy;
    if (isWellFormed(policy)) return JSON.stringify({ Version: 1, ...policy });
  } catch {
    // It is no policy either way.
  }
  throw refusal('InvalidParameter.AccessKeyPolicy');
}

function isWellFormed({ Version = 1, Status, Statements }: NetworkPolicy): boolean {
  const addresses = Statements.flatMap((statement) => statement.IPList);
  return (
    Version === 1 &&
    ['Active', 'Inactive'].includes(Status) &&
    Statements.length <= CONDITIONS_PER_POLICY &&
    Statements.every(({ Type }) => Type === 'ClassicWhiteList' || Type === 'VPCWhiteList') &&
    addresses.length <= ADDRESSES_PER_POLICY
  );
}

/** What stands for a policy that was never set. */
function noPolicy(call: Call): Record<string, string> {
  switch (call.cloud.switches.accessKeyPolicyNone) {
    case 'empty-object':
      return { AccessKeyPolicy: '{}' };
    case 'empty':
      return { AccessKeyPolicy: '' };
    case 'inactive':
      return { AccessKeyPolicy: '{"Version":1,"Status":"Inactive","Statements":[]}' };
    case 'absent':
      return {};
    case 'not-found':
      throw refusal('EntityNotExist.AccessKeyPolicy');
  }
}

const keyOf = (call: Call) => keyWithId(userOrCaller(call), call.params.required('UserAccessKeyId'));

const set = write((call) => {
  const key = keyOf(call);
  const policy = keptPolicy(call.params.required('AccessKeyPolicy'));
  setNetworkPolicy(key, policy, call.now);
  return { AccessKeyId: key.id, AccessKeyPolicy: policy };
});

const get = read((call) => {
  const key = keyOf(call);
  const policy = visibleNetworkPolicy(call.account, key);
  return { AccessKeyId: key.id, ...(policy === undefined ? noPolicy(call) : { AccessKeyPolicy: policy }) };
});

/** A key's own network access policy. */
export const accessKeyPolicies: Record<string, Action> = {
  SetAccessKeyPolicy: { ...set, offered: accessKeyPolicyOffered },
  GetAccessKeyPolicy: { ...get, offered: accessKeyPolicyOffered },
};
