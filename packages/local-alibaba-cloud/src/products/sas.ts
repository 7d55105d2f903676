import { CloudError, refusal } from '../errors';
import { numberedPage } from '../pages';
import type { Action, Call, Product } from '../product';
import type { LeakFinding } from '../state';
import { HOUR } from '../time';
import { envelope, read, write } from './identity';

const LARGEST_PAGE = 100;

/**
 * The error of an account without Security Center is not documented; that of a caller without permission is 403
 * NoPermission, `caller has no permission`.
 */
function checkActive({ cloud }: Call): void {
  switch (cloud.switches.securityCenter) {
    case 'active':
      return;
    case 'not-permitted':
      throw new CloudError(403, 'NoPermission', 'caller has no permission');
    case 'not-activated':
      throw new CloudError(400, 'ServiceNotActivated', 'The service is not activated.');
    case 'unknown':
      throw refusal('InvalidAction.NotFound');
  }
}

const statusOf = ({ now }: Call, leak: LeakFinding): LeakFinding['status'] =>
  leak.status === 'dealed' && (leak.shownFrom ?? 0) <= now ? 'dealed' : 'pending';

function summary(call: Call, leak: LeakFinding): Record<string, unknown> {
  const { leakKeyIds, leakDates, leakStatus } = call.cloud.switches;
  const status = statusOf(call, leak);
  const dates = {
    milliseconds: { GmtModified: leak.foundAt },
    text: { GmtModified: 'yesterday' },
    absent: {},
  };
  return {
    Id: leak.id,
    AccesskeyId: leakKeyIds === 'whole' ? leak.keyId : `${leak.keyId.slice(0, -4)}****`,
    AliUserName: leak.userName,
    Asset: '云平台',
    Type: 'AccessKey',
    UserType: leak.owner,
    Url: leak.url,
    DealType: status === 'pending' ? 'pending' : leak.dealType,
    ...(leakStatus === 'told' && { Status: status }),
    ...dates[leakDates],
  };
}

/** `2021-07-06 17:49:39`, in China. */
const localTime = (ms: number): string =>
  new Date(ms + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ');

function findingOf(call: Call, id: string): LeakFinding {
  const finding = call.account.leaks.find((leak) => String(leak.id) === id);
  if (!finding) throw refusal('InvalidParameter');
  return finding;
}

/** 1: the pair works; 2: it does not. */
function validityOf({ cloud }: Call, { keyId }: LeakFinding): 1 | 2 {
  const key = cloud.keys.get(keyId)?.key;
  if (!key) return 2;
  if ('root' in key) return 1;
  return key.user.keys.has(keyId) && key.status === 'Active' ? 1 : 2;
}

const leakActions: Record<string, Action> = {
  DescribeAccesskeyLeakList: read((call) => {
    const { params, account } = call;
    const [status, keyId] = [params.get('Status'), params.get('Query')];
    const page = params.integer('CurrentPage', { min: 1, max: 100_000, default: 1 });
    const size = params.integer('PageSize', { min: 1, max: LARGEST_PAGE, default: 20 });
    const wanted = account.leaks.filter(
      (leak) => (!status || statusOf(call, leak) === status) && (!keyId || leak.keyId === keyId),
    );
    return {
      CurrentPage: page,
      PageSize: size,
      TotalCount: wanted.length,
      AkLeakCount: account.leaks.filter((leak) => statusOf(call, leak) === 'pending').length,
      GmtLast: account.leaks.at(-1)?.foundAt ?? 0,
      AccessKeyLeakList: numberedPage([...wanted].reverse(), page, size).map((leak) => summary(call, leak)),
    };
  }),
  DescribeAccessKeyLeakDetail: read((call) => {
    const leak = findingOf(call, call.params.required('Id'));
    const [user, name] = leak.repository.split('/');
    return {
      AccesskeyId: leak.keyId,
      Asset: '云平台',
      Code: leak.code,
      DealType: leak.dealType,
      DealTime: leak.dealtAt === undefined ? '' : localTime(leak.dealtAt),
      GithubFileName: leak.file,
      GithubFileType: 'INI',
      GithubFileUpdateTime: new Date(leak.foundAt).toISOString().slice(0, 19),
      GithubFileUrl: leak.url,
      GithubRepoName: name,
      GithubRepoUrl: `https://github.com/${leak.repository}`,
      GithubUser: user,
      GmtCreate: localTime(leak.foundAt),
      GmtModified: localTime(leak.foundAt),
      Remark: leak.remark,
      Source: 'GitHub',
      Type: 'AccessKey',
      WhitelistStatus: leak.dealType === 'add-whitelist' ? 'yes' : 'no',
      ...(call.cloud.switches.leakValidityTold && { TokenValid: validityOf(call, leak) }),
    };
  }),
  ModifyAccessKeyLeakDeal: write((call) => {
    const { params, now, cloud } = call;
    const type = params.required('Type');
    if (!['manual', 'disable', 'add-whitelist'].includes(type)) throw refusal('InvalidParameter');
    const ids = [params.get('Id'), ...params.list('IdList')].filter((id) => id !== undefined);
    if (ids.length === 0) throw refusal('MissingParameter');
    for (const leak of ids.map((id) => findingOf(call, id))) {
      leak.dealType = type;
      leak.remark = params.get('Remark') ?? '';
      leak.dealtAt = now;
      if (leak.status === 'pending') leak.shownFrom = now + cloud.switches.leakMarkLagMs;
      leak.status = 'dealed';
    }
    return {};
  }),
};

/** Security Center, API version 2018-12-03: leaked AccessKeys. */
export const sas: Product = {
  name: 'sas',
  version: '2018-12-03',
  service: 'Sas',
  ...envelope('tds.cn-shanghai.aliyuncs.com'),
  subjects: {},
  actions: Object.fromEntries(
    Object.entries(leakActions).map(([name, action]) => [name, { ...action, offered: checkActive }]),
  ),
};
