import { refusal } from '../errors';
import { tokenPage } from '../pages';
import type { Action, Call, Product } from '../product';
import type { AccessKey, KeyUse } from '../state';
import { DAY, wireTime } from '../time';
import { envelope, read } from './identity';

const KEPT_FOR = 400 * DAY;
const PAGE = { min: 1, max: 100, default: 20 };

/** An account that does not have the audit says so before it asks for permission. */
const ofAudit = (run: Action['run']): Action => ({
  ...read(run),
  offered: ({ cloud }) => {
    if (!cloud.switches.actionTrailKnown) throw refusal('InvalidAction.NotFound');
  },
});

/** The key of this account that is asked about; keys of others, and those that are gone, have no records. */
function keyOf(call: Call): AccessKey | undefined {
  const entry = call.cloud.keys.get(call.params.required('AccessKey'));
  return entry && entry.account === call.account && !('root' in entry.key) ? entry.key : undefined;
}

/** Newest first. */
function usesOf(call: Call): KeyUse[] {
  const { now, cloud } = call;
  const visible = (use: KeyUse) => use.at <= now - cloud.switches.actionTrailLagMs && use.at > now - KEPT_FOR;
  return keyOf(call)?.uses.filter(visible).reverse() ?? [];
}

function eventOf({ principal }: Call, use: KeyUse): Record<string, unknown> {
  const detail = {
    eventName: use.event ?? 'Describe',
    eventTime: wireTime(use.at),
    eventType: 'ApiCall',
    serviceName: use.service,
    sourceIpAddress: use.address ?? '192.0.2.1',
    userIdentity: { accountId: principal.account.id, type: 'ram-user' },
  };
  return { UsedTimestamp: use.at, Source: 'ManagementEvent', Detail: JSON.stringify(detail) };
}

/** The latest use for each value of a property. */
function latestBy(uses: readonly KeyUse[], property: (use: KeyUse) => string): [string, KeyUse][] {
  const latest = new Map<string, KeyUse>();
  for (const use of uses) if (!latest.has(property(use))) latest.set(property(use), use);
  return [...latest];
}

type Kind = readonly [field: string, name: string, property: (use: KeyUse) => string];

const entries = (call: Call, uses: readonly KeyUse[], [, name, property]: Kind) =>
  latestBy(uses, property).map(([value, use]) => ({ ...eventOf(call, use), [name]: value }));

/** What a key did at one service, by pages. */
const listOfService = (kind: Kind): Action =>
  ofAudit((call) => {
    const service = call.params.required('ServiceName');
    const uses = usesOf(call).filter((use) => use.service === service);
    const size = call.params.integer('PageSize', PAGE);
    const { items, next } = tokenPage(entries(call, uses, kind), call.params.get('NextToken'), size);
    return { [kind[0]]: items, ...(next === undefined ? {} : { NextToken: next }) };
  });

const byService: Kind = ['Products', 'ServiceName', (use) => use.service];
const byAddress: Kind = ['Ips', 'Ip', (use) => use.address ?? '192.0.2.1'];
const byEvent: Kind = ['Events', 'EventName', (use) => use.event ?? 'Describe'];

/** ActionTrail, API version 2020-07-06: the audit of AccessKeys. */
export const actiontrail: Product = {
  name: 'actiontrail',
  version: '2020-07-06',
  service: 'Actiontrail',
  ...envelope('actiontrail.aliyuncs.com'),
  subjects: {},
  actions: {
    GetAccessKeyLastUsedInfo: ofAudit((call) => {
      const key = keyOf(call);
      const [use] = usesOf(call);
      const never = call.cloud.switches.actionTrailNever === 'zero' ? { UsedTimestamp: 0 } : {};
      return {
        AccessKeyId: call.params.required('AccessKey'),
        AccountId: call.account.id,
        ...(key && { AccountType: 'ram-user', OwnerId: key.user.id, UserName: key.user.name }),
        ...(use ? { ...eventOf(call, use), ServiceName: use.service } : never),
      };
    }),
    GetAccessKeyLastUsedProducts: ofAudit((call) => ({
      Products: entries(call, usesOf(call), byService),
    })),
    GetAccessKeyLastUsedIps: listOfService(byAddress),
    GetAccessKeyLastUsedEvents: listOfService(byEvent),
  },
};
