import type { LeaksConfig } from '../config/schema';
import { isUnfinished } from '../record/rotation';
import type { Observation, OwningUser } from './observation';

export type Reason =
  // nothing is touched: a person must act
  | 'LeakReported'
  | 'LeakExempt'
  | 'LeakNotManaged'
  | 'LeakOfAccountKey'
  | 'LeakOfUnknownKey'
  | 'LeakUnreadable'
  // the key cannot sign any more
  | 'LeakedKeyDisabled'
  | 'LeakedKeyGone'
  // it must stop to
  | 'LeakContained'
  | 'LeakReplaced';

export interface Decision {
  /** `leave`: the key is dead, and the finding is for a person to mark. */
  readonly do: 'report' | 'leave' | 'settle' | 'contain' | 'replace';
  readonly reason: Reason;
  /** One sentence for a person. */
  readonly message: string;
}

/** What is to be done about a leaked key. Pure and total; the first check that applies answers. */
export function decide(observation: Observation, config: LeaksConfig): Decision {
  const decision = whatIsDue(observation, config);
  if (decision.do !== 'settle' || config.action !== 'report') return decision;
  return { ...decision, do: 'leave', message: `${decision.message} Mark the finding as handled.` };
}

function whatIsDue({ keyId, owner }: Observation, { action, users }: LeaksConfig): Decision {
  switch (owner.kind) {
    case 'unreadable':
      return report(
        'LeakUnreadable',
        `Security Center tells of a leak, but not of which key; see the finding there.`,
      );
    case 'account':
      return report(
        'LeakOfAccountKey',
        `Key ${keyId} is the account's own, which keyturn cannot touch: sign in as the account, replace it with keys of RAM users, and delete it.`,
      );
    case 'nobody':
      return owner.keyValid === false
        ? settle(
            'LeakedKeyGone',
            `Key ${keyId} is not a key of any RAM user here, and Security Center says that it is not valid.`,
          )
        : report(
            'LeakOfUnknownKey',
            `Key ${keyId} is not a key of any RAM user here, and nothing says that it is dead: if it belongs to another account, disable it there.`,
          );
    case 'user':
      return ofUser(keyId, owner, { action, users });
  }
}

function ofUser(keyId: string, owner: OwningUser, { action, users }: LeaksConfig): Decision {
  const { name, exemption, managed } = owner;
  const whose = `Key ${keyId} of user ${name}`;
  if (owner.key === 'gone') return settle('LeakedKeyGone', `${whose} is deleted.`);
  if (owner.key === 'Inactive') {
    // Its successor could not be issued in the run that disabled it.
    const unfinished = isUnfinished(owner.emergency) && owner.emergency.keyIds.includes(keyId);
    return unfinished && action === 'replace' && managed && !exemption
      ? { do: 'replace', reason: 'LeakReplaced', message: `${whose} leaked: it is disabled and replaced.` }
      : settle('LeakedKeyDisabled', `${whose} is disabled.`);
  }
  if (exemption) {
    return report(
      'LeakExempt',
      `${whose} leaked and is enabled, and the user is exempt (${exemption.reason}): disable it by hand.`,
    );
  }
  if (action === 'report') {
    return report('LeakReported', `${whose} leaked and is enabled; leaks.action says to report it only.`);
  }
  if (!managed && users === 'managed') {
    return report(
      'LeakNotManaged',
      `${whose} leaked and is enabled; keyturn does not manage this user (leaks.users).`,
    );
  }
  if (action === 'replace' && managed) {
    return {
      do: 'replace',
      reason: 'LeakReplaced',
      message: `${whose} leaked: it is replaced and disabled.`,
    };
  }
  return { do: 'contain', reason: 'LeakContained', message: `${whose} leaked: it is disabled.` };
}

const report = (reason: Reason, message: string): Decision => ({ do: 'report', reason, message });

const settle = (reason: Reason, message: string): Decision => ({ do: 'settle', reason, message });
