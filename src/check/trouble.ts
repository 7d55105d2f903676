import { CloudError } from '../cloud/error';
import { scrub } from '../cloud/scrub';
import { ConfigurationError } from '../config/error';
import type { Trouble } from './line';

/** How the products say that a permission is missing (RAM documentation, "Error messages"; KMS, "Responses"). */
const denials = ['NoPermission', 'Forbidden.RAM', 'NotAuthorized', 'Forbidden.NoPermission'] as const;
type Denial = (typeof denials)[number];

export const isDenied = (error: unknown): error is CloudError & { readonly code: Denial } =>
  error instanceof CloudError && denials.some((code) => code === error.code);

/**
 * RAM and IMS refuse every call that is signed with a key found in public (RAM documentation, "Restrictive
 * protection for leaked AccessKeys").
 */
export const isMarkedAsLeaked = (error: unknown): boolean =>
  error instanceof CloudError && /risk of leakage/i.test(error.message);

const otherCredentials =
  'Set other credentials: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or `aliyun configure`.';

/** What the well-known codes mean for the person who asked. The first that matches answers. */
const known: readonly (readonly [code: RegExp, Trouble])[] = [
  [
    /^InvalidAccessKeyId\.NotFound$/,
    { text: 'The AccessKey of these credentials does not exist, or not any more.', remedy: otherCredentials },
  ],
  [
    /^(InvalidAccessKeyId\.Inactive|Forbidden\.AccessKey)$/,
    { text: 'The AccessKey of these credentials is disabled.', remedy: otherCredentials },
  ],
  [
    /^SignatureDoesNotMatch$/,
    {
      text: 'The AccessKeySecret does not belong to the AccessKey.',
      remedy: `Copy both halves again. ${otherCredentials}`,
    },
  ],
  [
    /^InvalidSecurityToken\.Expired$/,
    {
      text: 'The session of these credentials has expired.',
      remedy: 'Assume the role again, or log on again, and repeat the check.',
    },
  ],
  [
    /^InvalidSecurityToken/,
    {
      text: 'The security token does not belong to the AccessKey.',
      remedy: 'Take AccessKey, secret and ALIBABA_CLOUD_SECURITY_TOKEN from one and the same session.',
    },
  ],
  [
    /^(InvalidTimeStamp|IllegalTimestamp)/,
    {
      text: 'The cloud refuses the time at which the call was signed.',
      remedy: 'Set the clock of this machine by a time server: calls are refused from 15 minutes on.',
    },
  ],
  [
    /^Forbidden\.KmsServiceNotEnabled$/,
    {
      text: 'Key Management Service is not activated in this account.',
      remedy: 'Activate it in the KMS console, in the region that the configuration names.',
    },
  ],
  [
    /^Forbidden\.InDebt/,
    { text: 'Key Management Service is suspended, since a payment is due.', remedy: 'Settle the bill.' },
  ],
  [
    /^EntityNotExist\.Role$/,
    {
      text: 'The role that the configuration names does not exist.',
      remedy: 'Create it, or correct roleArn under accounts.',
    },
  ],
];

const leak: Trouble = {
  text: 'Alibaba Cloud has found the AccessKey of these credentials in public and refuses it for RAM (There is a risk of leakage of this AccessKey).',
  remedy:
    'Go on with a role or another key, and replace this one: `keyturn rotate --emergency --user NAME`. Only its deletion lifts the restriction.',
};

/** An error in the words of a person, with what to do about it. It never holds a secret. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof CloudError)) return other(error);
  if (isMarkedAsLeaked(error)) return leak;
  const { code } = error;
  const [, meaning] = known.find(([pattern]) => pattern.test(code)) ?? [];
  if (meaning) return meaning;
  if (isDenied(error)) {
    return { text: error.message, remedy: 'Grant this permission to whoever runs the check.' };
  }
  if (error.outcome === 'unknown') {
    return {
      text: error.message,
      remedy:
        'See whether this machine reaches the endpoint: network, proxy, region, and endpoints in the configuration.',
    };
  }
  return {
    text: error.message,
    remedy: 'The code and the request id say more in the OpenAPI troubleshooter.',
  };
}

/** Why there are no credentials to ask with. */
export const withoutCredentials = (error: unknown): Trouble => ({
  text: textOf(error),
  remedy: otherCredentials,
});

const textOf = (error: unknown): string => scrub(error instanceof Error ? error.message : String(error));

function other(error: unknown): Trouble {
  const text = textOf(error);
  if (error instanceof ConfigurationError) return { text, remedy: 'Correct the configuration.' };
  return { text, remedy: 'Run the check again; if it stays, report it with this line.' };
}
