import { isCode } from '../cloud/error';
import type { Kind } from '../cloud/gate';
import type { Params } from '../cloud/rpc';
import { Secret } from '../cloud/secret';
import { done } from '../cloud/shape';
import type { Place } from './place';
import type { ProbeTarget } from './probe-target';

/** A call that needs one permission and changes nothing. */
export interface Probe {
  /** keyturn works without the permission, if less well. */
  readonly optional?: true;
  /** What must be confirmed to be nobody's before the call: it would write. */
  readonly at?: 'user' | 'secret';
  readonly call: (place: Place, probeTarget: ProbeTarget) => Promise<unknown>;
}

/** A probe that turned out to have no harmless form now. */
export class NotProbed extends Error {
  override readonly name = 'NotProbed';
}

const read = (call: Probe['call']): Probe => ({ call });
const write =
  (at: 'user' | 'secret') =>
  (call: Probe['call']): Probe => ({ at, call });
const onUser = write('user');
const onSecret = write('secret');

/** RAM makes a new credential report every four hours at most (RAM documentation, "User credential report"). */
const reportStands = { hours: 3, minutes: 50 };

/** ActionTrail is done without where it does not answer. */
const gentle: Kind = { write: false, repeatable: false, timeoutMs: 5_000 };

const nobodysPair = { keyId: 'keyturn-check', secret: new Secret('keyturn-check') };
const openPolicy = JSON.stringify({ Version: 1, Status: 'Inactive', Statements: [] });

/** By action: how to learn whether it is allowed. */
export const probes: Readonly<Record<string, Probe>> = {
  'ram:ListUsers': read(({ cloud }) => cloud.ims.userPages().next()),
  'ram:GetUser': read(({ cloud }, { userName }) => cloud.ram.getUser(userName)),
  'ram:ListAccessKeys': read(({ cloud }, { userName }) => cloud.ram.listAccessKeys(userName)),
  'ram:GetAccessKeyLastUsed': read(({ cloud }, { principalName, keyId }) =>
    cloud.ims.accessKeyLastUsed(principalName, keyId),
  ),
  'ram:ListGroupsForUser': read(({ cloud }, { userName }) => cloud.ram.listGroupsForUser(userName)),
  'ram:ListPoliciesForUser': read(({ cloud }, { userName }) => cloud.ram.listPoliciesForUser(userName)),
  'ram:ListUsersForGroup': read(({ cloud }, { groupName }) => cloud.ram.listUsersForGroup(groupName)),
  'ram:ListTagResources': read(({ cloud }, { userId }) => cloud.ims.listTags(userId)),
  'ram:GetAccessKeyPolicy': read(async ({ cloud }, { principalName, keyId }) => {
    const { kind } = await cloud.ims.getAccessKeyPolicy(principalName, keyId);
    if (kind === 'unknown') throw new NotProbed(unknownHere);
  }),
  'ram:GetLoginProfile': read(({ cloud }, { principalName }) => cloud.ims.getLoginProfile(principalName)),
  'ram:GetUserMFAInfo': read(({ cloud }, { userName }) => cloud.ram.getMfaDevice(userName)),
  'ram:GetSecurityPreference': read(({ cloud }) => cloud.ims.getSecurityPreference()),
  'ram:GetCredentialReport': read(({ cloud }) => cloud.ims.getCredentialReport()),
  'ram:GenerateCredentialReport': read(generateNothing),

  'ram:CreateAccessKey': onUser(({ probing }, { userName }) => probing.ram.createAccessKey(userName)),
  'ram:UpdateAccessKey': onUser(({ probing }, { userName, keyId }) =>
    probing.ram.setAccessKeyStatus(userName, keyId, 'Inactive'),
  ),
  'ram:DeleteAccessKey': onUser(({ probing }, { userName, keyId }) =>
    probing.ram.deleteAccessKey(userName, keyId),
  ),
  'ram:SetAccessKeyPolicy': onUser(({ probing }, { principalName, keyId }) =>
    probing.ims.setAccessKeyPolicy(principalName, keyId, openPolicy),
  ),
  'ram:TagResources': onUser(({ probing }, { userId }) => probing.ims.tag(userId, { 'keyturn:user': 'x' })),
  'ram:UntagResources': onUser(({ probing }, { userId }) => probing.ims.untag(userId, ['keyturn:user'])),
  'ram:UpdateLoginProfile': onUser(({ probing }, { principalName }) =>
    probing.ims.setLoginStatus(principalName, 'Inactive'),
  ),
  'ram:DeleteLoginProfile': onUser(({ probing }, { userName }) => probing.ram.deleteLoginProfile(userName)),
  'ram:UnbindMFADevice': onUser(({ probing }, { userName }) => probing.ram.unbindMfaDevice(userName)),
  'ram:RemoveUserFromGroup': onUser(({ probing }, { userName, groupName }) =>
    probing.ram.removeUserFromGroup(userName, groupName),
  ),
  'ram:DetachPolicyFromUser': onUser(async ({ probing }, { userName, policyName }) => {
    await probing.ram.detachPolicyFromUser(userName, { name: policyName, type: 'Custom' });
    await probing.ram.detachPolicyFromUser(userName, { name: policyName, type: 'System' });
  }),
  'ram:DeleteUser': onUser(({ probing }, { userName }) => probing.ram.deleteUser(userName)),

  'kms:ListSecrets': read(({ cloud }, { userName }) => cloud.ownKms.isKmsManaged(userName)),
  'kms:DescribeSecret': read(({ cloud }, { secretName }) => cloud.kms.describeSecret(secretName)),
  'kms:ListSecretVersionIds': read(({ cloud }, { secretName }) => cloud.kms.listVersions(secretName)),
  'kms:GetSecretValue': read(({ cloud }, { secretName }) =>
    cloud.kms.readPair(secretName, { stage: 'ACSCurrent' }),
  ),
  'kms:PutSecretValue': onSecret(({ probing }, { secretName, keyId }) =>
    probing.kms.putSecretValue({ name: secretName, versionId: keyId, pair: nobodysPair }),
  ),
  'kms:UpdateSecretVersionStage': onSecret(({ probing }, { secretName, keyId }) =>
    probing.kms.moveStage({ name: secretName, stage: 'ACSCurrent', to: keyId }),
  ),
  'kms:TagResource': onSecret(({ probing }, { secretName }) =>
    probing.kms.tagSecret(secretName, { 'keyturn:user': 'x' }),
  ),
  'kms:UntagResource': onSecret(({ probing }, { secretName }) =>
    probing.kms.untagSecret(secretName, ['keyturn:user']),
  ),

  'yundun-aegis:DescribeAccesskeyLeakList': {
    optional: true,
    call: ({ cloud }) => cloud.securityCenter.pendingLeaks(),
  },
  'actiontrail:GetAccessKeyLastUsedInfo': onTrail('GetAccessKeyLastUsedInfo'),
  'actiontrail:GetAccessKeyLastUsedProducts': onTrail('GetAccessKeyLastUsedProducts'),
  'actiontrail:GetAccessKeyLastUsedIps': onTrail('GetAccessKeyLastUsedIps', { ServiceName: 'Ecs' }),
  'actiontrail:GetAccessKeyLastUsedEvents': onTrail('GetAccessKeyLastUsedEvents', { ServiceName: 'Ecs' }),
};

/** By action: why no harmless call tells whether it is allowed. */
export const unprobed: Readonly<Record<string, string>> = {
  'kms:CreateSecret': 'a call that is allowed would create a secret',
  'kms:GenerateDataKey': 'KMS asks for it only where a secret is written',
  'kms:Decrypt': 'KMS asks for it only where a secret is read',
  'yundun-sas:DescribeAccessKeyLeakDetail': 'Security Center tells it only of a leak that there is',
  'yundun-sas:ModifyAccessKeyLeakDeal': 'a call that is allowed would mark a leak as handled',
};

/** Of accounts and regions that are behind. keyturn does without such actions. */
export const unknownHere = 'this account does not know the action, which keyturn then does without';

/** While the last report stands, RAM makes no new one. */
async function generateNothing({ cloud, probing, clock }: Place): Promise<void> {
  const report = await cloud.ims.getCredentialReport().catch((error: unknown) => {
    if (isCode(error, 'EntityNotExist.CredentialReport')) return undefined;
    throw error;
  });
  if (!report || clock.now() > report.generatedAt.plus(reportStands)) {
    throw new NotProbed('a call that is allowed would make a new credential report');
  }
  await probing.ims.generateCredentialReport();
}

function onTrail(action: string, more: Params = {}): Probe {
  return {
    optional: true,
    call: ({ actionTrail }, { keyId }) =>
      actionTrail.call(action, gentle, { AccessKey: keyId, ...more }, done),
  };
}
