import type { Cloud } from '../cloud/cloud';
import type { AttachedPolicy } from '../cloud/ram';
import type { Action } from '../report/run-report';
import type { Observation } from './observation';

/** All that RAM wants gone before it deletes a user, and that a person needs to know to bring the user back. */
export interface Attachments {
  readonly policies: readonly AttachedPolicy[];
  readonly groups: readonly string[];
  readonly mfaDevice?: string;
  readonly keyIds: readonly string[];
  readonly logon: boolean;
}

export async function attachmentsOf(cloud: Cloud, { user, keys, logon }: Observation): Promise<Attachments> {
  const [policies, groups, mfaDevice] = await Promise.all([
    cloud.ram.listPoliciesForUser(user.name),
    cloud.ram.listGroupsForUser(user.name),
    cloud.ram.getMfaDevice(user.name),
  ]);
  return {
    policies,
    groups,
    ...(mfaDevice && { mfaDevice }),
    keyIds: keys.map(({ id }) => id),
    logon: logon.kind === 'active' || logon.kind === 'inactive',
  };
}

export interface Removal {
  readonly action: Action;
  readonly keyId?: string;
  /** May be done again; that the thing is gone already counts as done. */
  perform(cloud: Cloud): Promise<void>;
}

/** The deletion of a user step by step, in the order that RAM demands (RAM documentation, "Delete a RAM user"). */
export function removalsOf(userName: string, attached: Attachments): Removal[] {
  return [
    ...attached.policies.map(
      (policy): Removal => ({
        action: 'DetachPolicy',
        perform: ({ ram }) => ram.detachPolicyFromUser(userName, policy),
      }),
    ),
    ...attached.groups.map(
      (group): Removal => ({
        action: 'RemoveFromGroup',
        perform: ({ ram }) => ram.removeUserFromGroup(userName, group),
      }),
    ),
    ...(attached.mfaDevice
      ? [{ action: 'UnbindMfaDevice', perform: ({ ram }) => ram.unbindMfaDevice(userName) } satisfies Removal]
      : []),
    ...attached.keyIds.map(
      (keyId): Removal => ({
        action: 'DeleteAccessKey',
        keyId,
        perform: ({ ram }) => ram.deleteAccessKey(userName, keyId),
      }),
    ),
    ...(attached.logon
      ? [{ action: 'DeleteLogin', perform: ({ ram }) => ram.deleteLoginProfile(userName) } satisfies Removal]
      : []),
    { action: 'DeleteUser', perform: ({ ram }) => ram.deleteUser(userName) },
  ];
}
