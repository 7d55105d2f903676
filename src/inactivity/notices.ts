import { isoSeconds } from '../base/time';
import { type Fact, inactiveDeleted, inactiveDisabled, inactivityWarning } from '../notify/fact';
import type { InactivityContext } from './context';
import type { Step } from './decision';
import type { Profile } from './observation';

type StepThat<Does extends Step['do']> = Extract<Step, { do: Does }>;

export function warningFact(
  { startedAt }: InactivityContext,
  user: Profile,
  { about, keyIds, logon, last, disabledFrom }: StepThat<'warn'>,
): Fact {
  return inactivityWarning(startedAt, {
    ...aboutWhat(user, about),
    keyIds: [...keyIds],
    ...(logon && { logon: true }),
    lastActiveAt: isoSeconds(last.at),
    lastActivity: last.what,
    disabledFrom: isoSeconds(disabledFrom),
  });
}

export function disabledFact(
  { startedAt, config }: InactivityContext,
  user: Profile,
  { about, keyIds, logon, last }: StepThat<'disable'>,
): Fact {
  const { deleteAfter } = about === 'user' ? config.users : config.keys;
  return inactiveDisabled(startedAt, {
    ...aboutWhat(user, about),
    keyIds: [...keyIds],
    ...(logon && { logon: true }),
    lastActiveAt: isoSeconds(last.at),
    lastActivity: last.what,
    ...(deleteAfter && { deletedFrom: isoSeconds(startedAt.plus(deleteAfter)) }),
  });
}

export function deletedFact(
  { startedAt }: InactivityContext,
  user: Profile,
  step: StepThat<'deleteKey' | 'deleteUser'>,
): Fact {
  const { last } = step;
  return inactiveDeleted(startedAt, {
    ...aboutWhat(user, step.do === 'deleteKey' ? step.keyId : 'user'),
    keyIds: step.do === 'deleteKey' ? [step.keyId] : [...step.keyIds],
    lastActiveAt: isoSeconds(last.at),
    lastActivity: last.what,
  });
}

const aboutWhat = ({ account, name }: Profile, about: string) => ({
  account,
  user: name,
  ...(about !== 'user' && { keyId: about }),
});
