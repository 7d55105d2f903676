import type { PasswordPolicy } from '../../cloud/account-security';
import { type Check, fault, judged, unknown } from '../check';
import type { Severity } from '../finding';

interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly cis: string;
  readonly setting: string;
  readonly holds: (policy: PasswordPolicy) => boolean;
  readonly seen: (policy: PasswordPolicy) => string;
}

const requires = (is: boolean, what: string): string =>
  `Passwords ${is ? 'must' : 'need not'} contain ${what}.`;

const times = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** As CIS has them. What 1.0.0 asked for in 1.13, a new password every 90 days, 2.0.0 has turned round. */
const rules: readonly Rule[] = [
  {
    id: 'password-uppercase',
    title: 'Passwords contain an uppercase letter',
    severity: 'low',
    cis: '1.7',
    setting: 'RequireUppercaseCharacters to true',
    holds: ({ uppercase }) => uppercase,
    seen: ({ uppercase }) => requires(uppercase, 'an uppercase letter'),
  },
  {
    id: 'password-lowercase',
    title: 'Passwords contain a lowercase letter',
    severity: 'low',
    cis: '1.8',
    setting: 'RequireLowercaseCharacters to true',
    holds: ({ lowercase }) => lowercase,
    seen: ({ lowercase }) => requires(lowercase, 'a lowercase letter'),
  },
  {
    id: 'password-symbol',
    title: 'Passwords contain a symbol',
    severity: 'low',
    cis: '1.9',
    setting: 'RequireSymbols to true',
    holds: ({ symbols }) => symbols,
    seen: ({ symbols }) => requires(symbols, 'a symbol'),
  },
  {
    id: 'password-number',
    title: 'Passwords contain a number',
    severity: 'low',
    cis: '1.10',
    setting: 'RequireNumbers to true',
    holds: ({ numbers }) => numbers,
    seen: ({ numbers }) => requires(numbers, 'a number'),
  },
  {
    id: 'password-length',
    title: 'Passwords have at least 14 characters',
    severity: 'medium',
    cis: '1.11',
    setting: 'MinimumPasswordLength to 14 or more',
    holds: ({ minimumLength }) => minimumLength >= 14,
    seen: ({ minimumLength }) => `A password of ${times(minimumLength, 'character')} is accepted.`,
  },
  {
    id: 'password-reuse',
    title: 'The last 5 passwords cannot be used again',
    severity: 'low',
    cis: '1.12',
    setting: 'PasswordReusePrevention to 5 or more',
    holds: ({ reusePrevention }) => reusePrevention >= 5,
    seen: ({ reusePrevention }) =>
      reusePrevention > 0
        ? `The last ${times(reusePrevention, 'password')} cannot be used again.`
        : 'Every former password can be used again.',
  },
  {
    id: 'password-expiry',
    title: 'Passwords are not made to expire within a year',
    severity: 'low',
    cis: '1.13',
    setting: 'MaxPasswordAge to 365 or more, or switch it off',
    holds: ({ maxAge }) => maxAge === 0 || maxAge >= 365,
    seen: ({ maxAge }) =>
      maxAge === 0 ? 'Passwords do not expire.' : `Passwords expire after ${times(maxAge, 'day')}.`,
  },
  {
    id: 'password-attempts',
    title: 'A logon is blocked after 5 wrong passwords',
    severity: 'medium',
    cis: '1.14',
    setting: 'MaxLoginAttemps to 5 or less, and not to 0',
    holds: ({ maxAttempts }) => maxAttempts >= 1 && maxAttempts <= 5,
    seen: ({ maxAttempts }) =>
      maxAttempts === 0
        ? 'A wrong password may be tried without end.'
        : `A logon is blocked after ${times(maxAttempts, 'wrong password')}.`,
  },
];

export const passwordChecks: readonly Check[] = rules.map(({ setting, holds, seen, ...check }) => ({
  ...check,
  remedy: `In the password policy of RAM set ${setting}.`,
  judge: ({ passwordPolicy: policy }) => {
    if (policy.kind === 'unread')
      return judged([unknown(`The password policy could not be read: ${policy.why}`)], '');
    const sentence = seen(policy.value);
    return judged(holds(policy.value) ? [] : [fault(sentence)], sentence);
  },
}));
