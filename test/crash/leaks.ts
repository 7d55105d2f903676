import { inspect } from 'node:util';
import type { LocalCloud } from '../../packages/local-alibaba-cloud/index';

/** A secret as it may turn up in a text. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      base64,
      base64.replace(/=+$/, ''),
      JSON.stringify(secret).slice(1, -1),
    ]),
  ];
}

/** Everything that a value shows to whoever looks closely: hidden properties, causes, accessors. */
export const revealed = (value: unknown): string =>
  inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true, maxStringLength: null });

/** Which secrets of keys and sessions, and with `signatures` which signatures, are in what left the process. */
export function leaksIn(cloud: LocalCloud, texts: readonly string[], signatures: boolean): string[] {
  const own = [
    ...[...cloud.keys.values()].map(({ key }) => ('root' in key ? key.accessKeySecret : key.secret)),
    ...[...cloud.sessions.values()].flatMap((session) => [session.accessKeySecret, session.securityToken]),
  ];
  const text = texts.join('\n');
  const leaked = (signatures ? cloud.issuedSecrets() : own).filter((secret) =>
    formsOf(secret).some((form) => text.includes(form)),
  );
  return leaked.map(
    (secret) =>
      `a secret left the process: ${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 8)}…`,
  );
}
