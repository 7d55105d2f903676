import type { Decision } from '../decision';
import { blocked, type Facts, isContained, isLeaked } from '../facts';

/** The secret that held the current pair is gone; one key alone is taken over like any other. */
export function secretMissing({ secret, record, keys, user }: Facts) {
  if (secret.kind !== 'absent' || keys.length < 2) return;
  if (!keys.some((key) => key.id === record.current?.keyId)) return;
  return blocked(
    'SecretMissing',
    `The KMS secret of user ${user.name} is gone and both its keys are taken: delete the key that is not in use, so that a successor can be issued.`,
  );
}

export function currentChangedByHand(facts: Facts) {
  const { roles, keys, record, user } = facts;
  const { current } = roles;
  if (current?.known !== 'unknown' || isContained(facts, current.keyId)) return;
  if (!record.current || keys.length < 2) return;
  return blocked(
    'CurrentChangedByHand',
    `Somebody moved ACSCurrent of user ${user.name} from ${record.current.keyId} to ${current.keyId}: move it back, or delete the key that is not in use.`,
  );
}

export function secondKeyNotOurs({ roles, keys, user }: Facts) {
  const { strangers } = roles;
  const [stranger] = strangers;
  if (!stranger || keys.length < 2) return;
  if (strangers.length === 2) {
    return blocked(
      'SecondKeyNotOurs',
      `User ${user.name} has two keys (${strangers.map((key) => key.id).join(', ')}) that keyturn did not issue, so there is no room for a standby: delete the one that is not in use.`,
    );
  }
  return blocked(
    'SecondKeyNotOurs',
    `Key ${stranger.id} of user ${user.name} was neither issued nor replaced by keyturn, so there is no room for a standby: delete it if it is not in use.`,
  );
}

export function currentUnknown(facts: Facts): Decision | undefined {
  const { roles, user, now } = facts;
  const { current } = roles;
  if (current?.known !== 'unknown') return;
  if (current.key?.status === 'Active') {
    return {
      reason: 'Adopted',
      message: `The secret of user ${user.name} that somebody made is adopted with its key ${current.keyId}.`,
      steps: [
        {
          do: 'remember',
          entries: {
            current: { keyId: current.keyId, origin: 'adopted', provenAt: now },
            old: null,
          },
        },
      ],
      again: true,
    };
  }
  if (isContained(facts, current.keyId)) return;
  return blocked(
    current.key ? 'CurrentKeyDead' : 'SecretKeyUnknown',
    current.key
      ? `The secret of user ${user.name} names key ${current.keyId}, which ${isLeaked(facts, current.keyId) ? 'leaked and is' : 'is'} disabled, and keyturn did not issue it: ${isLeaked(facts, current.keyId) ? '' : 'enable it, or '}store a working pair.`
      : `The secret of user ${user.name} names key ${current.keyId}, which is not a key of this user: store a working pair.`,
  );
}
