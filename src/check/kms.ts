import { failure, type Line, ok, warning } from './line';
import type { Place } from './place';
import type { ProbeTarget } from './probe-target';
import { isDenied, troubleOf } from './trouble';

/** Whether secrets can be kept where the configuration says, as far as reading tells. */
export async function kmsLines(place: Place, probeTarget: ProbeTarget): Promise<Line[]> {
  const reached = await prefixLine(place, probeTarget);
  return reached.state === 'ok' ? [reached, await instanceLine(place), ...keyLines(place)] : [reached];
}

async function prefixLine({ cloud, config }: Place, { secretName }: ProbeTarget): Promise<Line> {
  const { name } = config.rotation.secret;
  try {
    await cloud.kms.describeSecret(secretName);
    return ok('kms', `KMS in ${cloud.region} answers, and secrets named ${name} can be looked up.`);
  } catch (error) {
    const { text, remedy } = troubleOf(error);
    return failure(
      'kms',
      `KMS in ${cloud.region} cannot be asked for secrets named ${name}: ${text}`,
      remedy,
    );
  }
}

const setting = 'rotation.secret.kmsInstanceId';

async function instanceLine({ cloud, config }: Place): Promise<Line> {
  const { kmsInstanceId: wanted } = config.rotation.secret;
  try {
    return compared(wanted, await cloud.kms.listInstances(), cloud.region);
  } catch (error) {
    return untold(wanted, error);
  }
}

/**
 * Accounts that came to KMS after 2022-03-31 need a purchased instance to keep secrets (KMS documentation,
 * "Billing"); which account is older, no call tells.
 */
function compared(wanted: string | undefined, there: readonly string[], region: string): Line {
  if (wanted && there.includes(wanted)) {
    return ok('kms-instance', `The KMS instance ${wanted} is there.`);
  }
  if (wanted) {
    return failure(
      'kms-instance',
      `There is no KMS instance ${wanted} in ${region}: ${there.join(', ') || 'there is none at all'}.`,
      `Correct ${setting}, or region.`,
    );
  }
  if (there.length > 0) {
    return warning(
      'kms-instance',
      `${setting} is not set, though there is ${there.join(', ')} in ${region}.`,
      `Set ${setting}, unless secrets are to be kept outside instances; accounts that came to KMS after 2022-03-31 cannot.`,
    );
  }
  return warning(
    'kms-instance',
    `There is no KMS instance in ${region}, and accounts that came to KMS after 2022-03-31 cannot keep secrets without one.`,
    `Purchase an instance and name it in ${setting}, unless this account is older.`,
  );
}

function untold(wanted: string | undefined, error: unknown): Line {
  const what = wanted ? `the KMS instance ${wanted} is there` : 'secrets need a KMS instance';
  const why = isDenied(error)
    ? 'it takes the permission kms:ListKmsInstances, which the functions do without.'
    : troubleOf(error).text;
  return warning(
    'kms-instance',
    `Whether ${what} could not be told: ${why}`,
    `See the KMS console; the first rotation tells. Accounts that came to KMS after 2022-03-31 need an instance, named in ${setting}.`,
  );
}

function keyLines({ config }: Place): Line[] {
  const { encryptionKeyId } = config.rotation.secret;
  if (!encryptionKeyId) return [];
  return [
    warning(
      'kms-key',
      `Whether the key ${encryptionKeyId} can encrypt secrets could not be told without writing one.`,
      'See in the KMS console that it is enabled, symmetric, and in the same instance as the secrets.',
    ),
  ];
}
