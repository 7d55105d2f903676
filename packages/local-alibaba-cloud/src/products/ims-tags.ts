import { tagUser, untagUser, visibleTags } from '../account/tags';
import { refusal } from '../errors';
import { page } from '../pages';
import type { Action, Call } from '../product';
import type { User } from '../state';
import { checkTag, read, write } from './identity';
import { userByPrincipalName } from './ims-user';

const RESOURCES_PER_CALL = 50;
const TAGS_PER_CALL = 20;

/** The users that a call names by id or principal name. */
function taggedUsers(call: Call): User[] {
  if (call.params.required('ResourceType') !== 'user') throw refusal('InvalidParameter.ResourceType');
  const ids = call.params.list('ResourceId');
  const names = call.params.list('ResourcePrincipalName');
  if (ids.length + names.length > RESOURCES_PER_CALL) {
    throw refusal('InvalidParameter', 'The parameter - "ResourceId" beyond the length limit.');
  }
  return [
    ...ids.map((id) => {
      const user = call.account.usersById.get(id);
      if (!user) throw refusal('EntityNotExist.User');
      return user;
    }),
    ...names.map((name) => userByPrincipalName(call, name)),
  ];
}

function namedUsers(call: Call): User[] {
  const users = taggedUsers(call);
  if (users.length === 0) call.params.required('ResourceId.1');
  return users;
}

/** Tags of users. */
export const imsTags: Record<string, Action> = {
  TagResources: write((call) => {
    const users = namedUsers(call);
    const tags = call.params.tags();
    if (tags.length === 0) call.params.required('Tag.1.Key');
    if (tags.length > TAGS_PER_CALL) throw refusal('LimitExceeded.Tag');
    for (const { key, value = '' } of tags) checkTag(key, value);
    for (const user of users) {
      tagUser(
        call.account,
        user,
        tags.map(({ key, value = '' }) => [key, value]),
      );
    }
    return {};
  }),
  UntagResources: write((call) => {
    const users = namedUsers(call);
    const keys = call.params.list('TagKey');
    if (keys.length === 0 && !call.params.flag('All')) call.params.required('TagKey.1');
    for (const user of users) untagUser(call.account, user, keys.length > 0 ? keys : undefined);
    return {};
  }),
  ListTagResources: read((call) => {
    const named = taggedUsers(call);
    const filter = call.params.tags();
    const all = (named.length > 0 ? named : [...call.account.users.values()]).flatMap((user) =>
      [...visibleTags(call.account, user)].map(([key, value]) => ({ user, key, value })),
    );
    const wanted = all.filter(
      (tag) =>
        filter.length === 0 ||
        filter.some(({ key, value }) => key === tag.key && (!value || value === tag.value)),
    );
    const size = call.params.integer('PageSize', { min: 1, max: 100, default: 100 });
    const result = page(wanted, ({ user, key }) => `${user.id}/${key}`, call.params.get('NextToken'), size);
    const TagResource = result.items.map(({ user, key, value }) => ({
      ResourceId: user.id,
      ResourceType: 'user',
      TagKey: key,
      TagValue: value,
    }));
    return {
      IsTruncated: result.next !== undefined,
      ...(result.next === undefined ? {} : { NextToken: result.next }),
      TagResources: { TagResource },
    };
  }),
};
