import { secretNamed } from '../account/secrets';
import { refusal } from '../errors';
import type { Action, Call } from '../product';
import type { Secret } from '../state';
import { read, write } from './identity';
import { invalid, jsonParam, secretOf } from './kms-secret';

const TAG_TEXT = /^[\p{L}\p{N}\s/\\_\-.+=:@]{1,128}$/u;

type Tag = readonly [key: string, value: string];

/** `[{"TagKey":"…","TagValue":"…"}]` */
export function tagsParam(call: Call, name = 'Tags'): Tag[] {
  const list = jsonParam(call, name) ?? [];
  if (!Array.isArray(list)) throw invalid(name);
  return list.map(({ TagKey, TagValue = '' }: { TagKey: string; TagValue?: string }) => [TagKey, TagValue]);
}

export function checkTags(tags: readonly Tag[], name: string): void {
  for (const [key, value] of tags) {
    if (!TAG_TEXT.test(key) || (value !== '' && !TAG_TEXT.test(value))) throw invalid(name);
  }
}

export function addTags(call: Call, secret: Secret, tags: readonly Tag[]): void {
  const keys = new Set([...secret.tags.keys(), ...tags.map(([key]) => key)]);
  if (keys.size > call.cloud.switches.tagsPerSecret) throw refusal('Rejected.LimitExceeded');
  for (const [key, value] of tags) secret.tags.set(key, value);
}

function resources(call: Call): Secret[] {
  if (call.params.required('ResourceType') !== 'secret') throw invalid('ResourceType');
  return call.params.list('ResourceId').map((name) => {
    const secret = secretNamed(call.account, name);
    if (!secret) throw refusal('Forbidden.ResourceNotFound');
    return secret;
  });
}

/** Tags of secrets, by the older actions (one secret) and the newer ones (many). */
export const kmsSecretTags: Record<string, Action> = {
  TagResource: write((call) => {
    const secret = secretOf(call);
    call.params.required('Tags');
    const tags = tagsParam(call);
    checkTags(tags, 'Tags');
    addTags(call, secret, tags);
    return {};
  }),
  UntagResource: write((call) => {
    const secret = secretOf(call);
    call.params.required('TagKeys');
    const keys = jsonParam(call, 'TagKeys');
    if (!Array.isArray(keys)) throw invalid('TagKeys');
    for (const key of keys) secret.tags.delete(String(key));
    return {};
  }),
  TagResources: write((call) => {
    const tags = call.params.tags().map(({ key, value = '' }) => [key, value] as const);
    checkTags(tags, 'Tag');
    for (const secret of resources(call)) addTags(call, secret, tags);
    return {};
  }),
  UntagResources: write((call) => {
    const keys = call.params.list('TagKey');
    for (const secret of resources(call)) {
      for (const key of call.params.flag('All') ? [...secret.tags.keys()] : keys) secret.tags.delete(key);
    }
    return {};
  }),
  ListTagResources: read((call) => ({
    TagResources: {
      TagResource: resources(call).flatMap((secret) =>
        [...secret.tags].map(([TagKey, TagValue]) => ({
          ResourceId: secret.name,
          ResourceType: 'secret',
          TagKey,
          TagValue,
        })),
      ),
    },
  })),
};
