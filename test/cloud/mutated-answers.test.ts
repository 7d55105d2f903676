import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carriesStatus } from '../../src/cloud/access-key-policy';
import { CloudError } from '../../src/cloud/error';
import { RamRoles } from '../../src/cloud/ram-roles';
import { ResourceManager } from '../../src/cloud/resource-manager';
import { revealSecret, Secret } from '../../src/cloud/secret';
import { ApiServer } from './api-server';
import { type Adapters, documented } from './documented-answers';
import { cloudAt } from './open';

let server: ApiServer;
let adapters: Adapters;
beforeAll(async () => {
  server = await ApiServer.start();
  const cloud = cloudAt(server.host);
  const credentials = { accessKeyId: 'LTAI', accessKeySecret: new Secret('s') };
  const endpoint = { host: server.host, protocol: 'http' } as const;
  adapters = {
    ...cloud,
    ramRoles: new RamRoles(cloud.gate, credentials, endpoint),
    resourceManager: new ResourceManager(cloud.gate, credentials, endpoint),
  };
});
afterAll(() => server.stop());

type Path = readonly (string | number)[];

const replacements: readonly unknown[] = [[], {}, { x: 1 }, 'text', '', 7, null, true, undefined];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([field, each]) =>
    pathsOf(each, [...at, Array.isArray(value) ? Number(field) : field]),
  );
  return at.length === 0 ? below : [at, ...below];
}

function replaced(value: unknown, [field, ...rest]: Path, by: (old: unknown) => unknown): unknown {
  if (field === undefined) return by(value);
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[field] = replaced(copy[field], rest, by);
  return copy;
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce((inner, field) => (inner as Record<string | number, unknown> | undefined)?.[field], value);

/** What may be missing in what a method gives, since not every account or answer tells it. */
const optional = new Set([
  'status',
  'displayName',
  'provisionType',
  'updatedAt',
  'service',
  'generatedAt',
  'userId',
  'plannedDeleteAt',
  'encryptionKeyId',
  'kmsInstanceId',
  'attachments',
  'url',
  'foundAt',
  'platform',
  'repository',
  'file',
  'maxIdleDaysForAccessKeys',
  'maxIdleDaysForUsers',
  'allowUserToManageAccessKeys',
  'addresses',
  'events',
]);

/** Where it says that something is not known, in the place of a thing that is. */
const unknowns = new Set(['unreadable', 'unknown', 'none']);

/** What is wrong with `result`, measured by what the documented answer gave; `undefined` where it is data of that form. */
function fault(result: unknown, good: unknown, field = ''): string | undefined {
  if (result === undefined && (good === undefined || optional.has(field))) return undefined;
  if (good instanceof DateTime)
    return result instanceof DateTime && result.isValid ? undefined : `${field} is no date`;
  if (good instanceof Secret)
    return result instanceof Secret && revealSecret(result).length > 0 ? undefined : `${field} is no secret`;
  if (good instanceof Map) {
    if (!(result instanceof Map)) return `${field} is no map`;
    const texts = [...result].every(([key, value]) => key !== '' && [key, value].every(isText));
    return texts ? undefined : `${field} holds what is no text`;
  }
  if (Array.isArray(good)) {
    if (!Array.isArray(result)) return `${field} is no list`;
    return result.map((each) => fault(each, good[0], field)).find((found) => found !== undefined);
  }
  if (typeof good === 'object' && good !== null) return faultInObject(result, good, field);
  if (field === 'keyValid')
    return [true, false, 'unknown'].includes(result as never) ? undefined : 'keyValid';
  if (typeof result !== typeof good) return `${field} is ${JSON.stringify(result)}, not a ${typeof good}`;
  return result === '' && field !== 'keyId' ? `${field} is empty` : undefined;
}

function faultInObject(result: unknown, good: object, field: string): string | undefined {
  if (typeof result !== 'object' || result === null) return `${field} is ${JSON.stringify(result)}`;
  if ('kind' in result && 'kind' in good && result.kind !== good.kind) {
    return unknowns.has(String(result.kind)) || result.kind === 'never' ? undefined : `kind ${result.kind}`;
  }
  if ('kind' in result && result.kind === 'policy' && 'text' in result)
    return carriesStatus(String(result.text)) ? undefined : 'a policy without Status';
  const told = result as Record<string, unknown>;
  const known = good as Record<string, unknown>;
  return [...new Set([...Object.keys(known), ...Object.keys(told)])]
    .map((each) => (field === 'incomplete' ? undefined : fault(told[each], known[each], each)))
    .find((found) => found !== undefined);
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** By the field that tells when something was used last: all that means "never" there. */
const neverForms: Readonly<Record<string, readonly unknown[]>> = {
  LastUsedDate: [undefined, null, '', '-', 'N/A'],
  LastLoginDate: [undefined, null, '', '-', 'N/A'],
  LastLoginTime: [undefined, null, '', '-', 'N/A'],
  UsedTimestamp: [undefined, null, 0, ''],
};

function neverWithoutReason(result: unknown, changed: unknown, documentedAnswer: object): boolean {
  if (!/"kind":"never"/.test(JSON.stringify(result))) return false;
  const dates = pathsOf(documentedAnswer).filter((path) => String(path.at(-1)) in neverForms);
  return !dates.some((path) => {
    const holder = valueAt(changed, path.slice(0, -1));
    const isObject = typeof holder === 'object' && holder !== null && !Array.isArray(holder);
    return isObject && neverForms[String(path.at(-1))]?.includes(valueAt(changed, path));
  });
}

test.each(Object.entries(documented))(
  '%s: whatever is changed in its answer, the result is data or a CloudError',
  async (_, { call, answer }) => {
    const ask = async (body: unknown) => {
      server.behave = () => ({ body: JSON.stringify(body) });
      return call(adapters);
    };
    const whole = { RequestId: 'R-1', ...answer };
    const result = await ask(whole);
    expect(fault(result, result)).toBeUndefined();

    for (const path of pathsOf(whole)) {
      const wrapped = [(old: unknown) => [old], (old: unknown) => ({ x: old })];
      for (const change of [...replacements.map((value) => () => value), ...wrapped]) {
        const changed = replaced(whole, path, change);
        const what = `${path.join('.')}: ${JSON.stringify(valueAt(changed, path) ?? 'removed')}`;
        const got = await ask(changed).catch((error: unknown) => error);
        if (got instanceof Error) {
          expect(got, what).toBeInstanceOf(CloudError);
          expect(got, what).toMatchObject({
            code: expect.stringMatching(/^(UnreadableAnswer|NotAKeyPair)$/),
          });
        } else {
          expect(fault(got, result), what).toBeUndefined();
          expect(neverWithoutReason(got, changed, answer), `${what} is not "never"`).toBe(false);
        }
      }
    }
  },
);
