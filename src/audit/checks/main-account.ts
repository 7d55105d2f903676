import { type Check, fault, judged, unknown } from '../check';

export const mainAccountKeys: Check = {
  id: 'main-account-keys',
  title: 'The main account has no AccessKey',
  severity: 'high',
  cis: '1.2',
  remedy:
    'Give whatever uses the key a RAM role or a RAM user of its own, then disable the key and, when nothing has broken, delete it.',
  judge: ({ mainAccountKeys: keys }) => {
    if (keys.kind === 'unread')
      return judged([unknown(`The keys of the main account could not be read: ${keys.why}`)], '');
    const count = `${keys.value} AccessKey${keys.value === 1 ? '' : 's'}`;
    return judged(
      keys.value > 0 ? [fault(`The main account has ${count}, which may do everything.`)] : [],
      'The main account has no AccessKey.',
    );
  },
};

export const mainAccountMfa: Check = {
  id: 'main-account-mfa',
  title: 'The main account logs on with MFA',
  severity: 'high',
  cis: '1.3',
  remedy: 'Log on as the main account and enable an MFA device in its security settings.',
  judge: ({ mainAccountMfa: mfa }) => {
    if (mfa.kind === 'unread')
      return judged([unknown(`The MFA of the main account could not be read: ${mfa.why}`)], '');
    return judged(
      mfa.value ? [] : [fault('The main account has no MFA device.')],
      'The main account has an MFA device.',
    );
  },
};
