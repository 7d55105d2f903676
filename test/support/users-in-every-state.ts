import { DateTime } from 'luxon';
import { type Account, DAY, type LocalCloud } from '../../packages/local-alibaba-cloud/index';
import type { UserRecord } from '../../src/record/rotation';
import { write } from '../../src/record/rotation';
import { tagKeys } from '../../src/record/tags';

const ago = (days: number): DateTime => DateTime.utc().minus(days * DAY);

interface Furniture {
  /** Days since the current key was created; none: no key at all. */
  readonly age?: number;
  /** Days since the notice of the current key was delivered. */
  readonly told?: number;
  readonly status?: 'active' | 'freeze';
  readonly record?: Partial<UserRecord>;
}

/** A user with a key of keyturn's that is current, and what else its record says. */
function seed(
  account: Account,
  name: string,
  { age = 10, told = age, status, record = {} }: Furniture = {},
): string {
  account.createUser(name, { tags: { keyturn: 'rotate' }, ...(status && { status }) });
  const createdAt = ago(age).toMillis();
  const { accessKeyId: keyId, accessKeySecret } = account.createKey(name, {
    createdAt,
    lastUsed: Date.now() - DAY,
    service: 'oss',
  });
  const pair = { AccessKeyId: keyId, AccessKeySecret: accessKeySecret };
  account.createSecret(`keyturn/${name}`, keyId, JSON.stringify(pair), { createdAt });
  const { old, standby, hold, emergency } = record;
  account.tagUser(
    account.user(name),
    Object.entries({
      [tagKeys.current]: write.current({ keyId, origin: 'issued', provenAt: ago(age) }),
      [tagKeys.notice]: write.notice({
        versionId: keyId,
        since: ago(told),
        deliveredAt: ago(told),
        takenBy: [],
      }),
      ...(old && { [tagKeys.old]: write.old(old) }),
      ...(standby && { [tagKeys.standby]: write.standby(standby) }),
      ...(hold && { [tagKeys.hold]: write.hold(hold) }),
      ...(emergency && { [tagKeys.emergency]: write.emergency(emergency) }),
    }),
  );
  return keyId;
}

/** The key that the current one of this user replaced so many days ago. */
function furnishOld(account: Account, name: string, days: number, status: 'Active' | 'Inactive'): string {
  const { accessKeyId } = account.createKey(name, {
    createdAt: ago(200).toMillis(),
    lastUsed: Date.now() - DAY / 24,
    status,
    ...(status === 'Inactive' && { updatedAt: ago(days).toMillis() }),
  });
  const phase = status === 'Active' ? 'replaced' : 'disabled';
  account.tagUser(account.user(name), [
    [tagKeys.old, write.old({ keyId: accessKeyId, phase, at: ago(days) })],
  ]);
  return accessKeyId;
}

/** Users in every state that status tells, each named after it; `svc-failed` cannot be read. */
export function furnishEveryState(cloud: LocalCloud): void {
  const account = cloud.account();
  seed(account, 'svc-current');
  seed(account, 'svc-due', { age: 100 });
  account.createUser('svc-new', { tags: { keyturn: 'rotate' } });

  const before = seed(account, 'svc-standby', { age: 100 });
  const standby = account.createKey('svc-standby', { createdAt: Date.now() - DAY / 24 });
  const secret = account.secret('keyturn/svc-standby');
  secret?.versions.set(standby.accessKeyId, {
    id: standby.accessKeyId,
    data: JSON.stringify({ AccessKeyId: standby.accessKeyId, AccessKeySecret: standby.accessKeySecret }),
    dataType: 'text',
    stages: new Set(['KeyturnStandby']),
    createdAt: Date.now() - DAY / 24,
  });
  account.tagUser(account.user('svc-standby'), [
    [
      tagKeys.standby,
      write.standby({ keyId: standby.accessKeyId, failingSince: ago(1 / 24), failures: 1, before: [before] }),
    ],
  ]);

  seed(account, 'svc-waiting', { told: 1 });
  furnishOld(account, 'svc-waiting', 1, 'Active');
  seed(account, 'svc-recovery');
  furnishOld(account, 'svc-recovery', 3, 'Inactive');

  seed(account, 'svc-hold', { age: 100, record: { hold: {} } });
  seed(account, 'svc-exempt', { age: 100 });
  seed(account, 'svc-frozen', { status: 'freeze' });
  const leaked = seed(account, 'svc-emergency');
  account.tagUser(account.user('svc-emergency'), [
    [tagKeys.emergency, write.emergency({ kind: 'replace', keyIds: [leaked], at: ago(0) })],
  ]);

  account.createUser('svc-blocked', { tags: { keyturn: 'rotate' } });
  account.createKey('svc-blocked');
  account.createKey('svc-blocked');
  account.createUser('svc-kms', { tags: { keyturn: 'rotate' } });
  account.createKey('svc-kms');
  account.createSecret('acs/ram/user/svc-kms', 'v1', '{}', { type: 'RAMCredentials' });

  seed(account, 'svc-failed', { age: 100 });
  cloud.faults.add({
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    message: 'You are not authorized to do this action.',
    times: Number.POSITIVE_INFINITY,
    match: ({ product, action, params }) =>
      product === 'ims' &&
      action === 'ListAccessKeys' &&
      params.UserPrincipalName?.startsWith('svc-failed@') === true,
  });
}
