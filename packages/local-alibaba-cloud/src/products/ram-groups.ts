import { createGroup, removeFromGroup } from '../account/groups';
import { refusal } from '../errors';
import { page } from '../pages';
import type { Action, Call } from '../product';
import { wireTime } from '../time';
import {
  attach,
  attachedPolicies,
  checkName,
  detach,
  joinGroup,
  pageFields,
  pageSize,
  read,
  write,
} from './identity';
import { groupOf, policyOf, userOf } from './ram-target';

const GROUP_NAME = /^[A-Za-z0-9._-]{1,64}$/;

function groupFields(call: Call): Record<string, unknown> {
  const group = groupOf(call);
  return {
    Group: {
      GroupId: group.id,
      GroupName: group.name,
      Comments: group.comments,
      CreateDate: wireTime(group.createdAt),
      UpdateDate: wireTime(group.updatedAt),
    },
  };
}

/** Groups and who is in them. */
export const ramGroups: Record<string, Action> = {
  CreateGroup: write((call) => {
    const group = createGroup(
      call.account,
      checkName(call.params.required('GroupName'), 'GroupName', GROUP_NAME),
    );
    group.comments = call.params.get('Comments') ?? '';
    return groupFields(call);
  }),
  GetGroup: read(groupFields),
  DeleteGroup: write((call) => {
    const group = groupOf(call);
    if (group.members.size > 0) throw refusal('DeleteConflict.Group.User');
    if (group.policies.size > 0) throw refusal('DeleteConflict.Group.Policy');
    call.account.groups.delete(group.name);
    return {};
  }),
  ListGroups: read((call) => {
    const result = page(
      call.account.groups.values(),
      (group) => group.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    const Group = result.items.map((group) => ({
      GroupId: group.id,
      GroupName: group.name,
      Comments: group.comments,
      CreateDate: wireTime(group.createdAt),
      UpdateDate: wireTime(group.updatedAt),
    }));
    return { ...pageFields(result), Groups: { Group } };
  }),
  ListGroupsForUser: read((call) => {
    const Group = [...userOf(call).groups].map(([group, at]) => ({
      GroupId: group.id,
      GroupName: group.name,
      Comments: group.comments,
      JoinDate: wireTime(at),
    }));
    return { Groups: { Group } };
  }),
  ListUsersForGroup: read((call) => {
    const members = groupOf(call).members;
    const result = page(members, ([user]) => user.name, call.params.get('Marker'), pageSize(call, 1000, 100));
    const User = result.items.map(([user, at]) => ({
      UserName: user.name,
      DisplayName: user.displayName,
      JoinDate: wireTime(at),
    }));
    return { ...pageFields(result), Users: { User } };
  }),
  AddUserToGroup: write((call) => {
    joinGroup(userOf(call), groupOf(call), call.now);
    return {};
  }),
  RemoveUserFromGroup: write((call) => {
    const user = userOf(call);
    removeFromGroup(user, groupOf(call));
    return {};
  }),
};

/** Policies attached to users and groups. */
export const ramAttachments: Record<string, Action> = {
  ListPoliciesForUser: read((call) => attachedPolicies(userOf(call))),
  AttachPolicyToUser: write((call) => {
    attach(call.account, userOf(call), policyOf(call), 'User');
    return {};
  }),
  DetachPolicyFromUser: write((call) => {
    const user = userOf(call);
    detach(user, policyOf(call), 'User');
    return {};
  }),
  ListPoliciesForGroup: read((call) => attachedPolicies(groupOf(call))),
  AttachPolicyToGroup: write((call) => {
    attach(call.account, groupOf(call), policyOf(call), 'Group');
    return {};
  }),
  DetachPolicyFromGroup: write((call) => {
    detach(groupOf(call), policyOf(call), 'Group');
    return {};
  }),
};
