import type { Config } from '../config/schema';
import type { Site } from './policy';

export type Values = Readonly<Record<string, string>>;

/** What the placeholders of the shipped policies stand for in one account. */
export function valuesOf({ rotation, region: configured }: Config, site: Site): Values {
  const { name, encryptionKeyId = '*', kmsInstanceId = '*' } = rotation.secret;
  const { account, region, logProject, logStore, failureTopic } = site;
  return {
    account,
    region: configured ?? region,
    functionRegion: region,
    logProject,
    logStore,
    failureTopic,
    secretPrefix: name.replace(/\{.*/, ''),
    encryptionKeyId,
    kmsInstanceId,
  };
}

/** The template with every `${placeholder}` replaced. @throws TypeError where a placeholder has no value */
export function filledIn<T extends object>(template: T, values: Values): T {
  const text = JSON.stringify(template).replace(/\$\{(\w+)\}/g, (placeholder, key: string) => {
    const value = values[key];
    if (value === undefined) throw new TypeError(`the placeholder ${placeholder} of a policy is not known`);
    return value;
  });
  return JSON.parse(text);
}
