import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { endpointOf } from '../../src/cloud/endpoints';
import { CloudError, isRefusedForGood } from '../../src/cloud/error';
import { publicUrl } from '../../src/cloud/public-url';
import { ApiServer } from './api-server';
import { cloudAt } from './open';

let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

const center = () => cloudAt(server.host).securityCenter;

/** As the API reference of DescribeAccesskeyLeakList shows it. */
const finding = (id: number, more: object = {}) => ({
  DealTime: '2020-12-03 21:23:38',
  Status: 'pending',
  Type: 'AccessKey',
  UserType: 'ram',
  AccesskeyId: 'LTAI5tLeakedLeakedLeak01',
  AliUserName: 'testAccountName',
  DealType: 'pending',
  Url: `https://github.com/someone/test-ak/blob/0e466d2e/${id}?token=t#L1`,
  GmtModified: 1612357897000,
  Asset: '云平台',
  Id: id,
  ...more,
});

/** Answers as a list of these findings, page by page. */
function listing(findings: object[], more: object = {}): void {
  server.behave = ({ query }) => {
    const [page, size] = [Number(query.get('CurrentPage')), Number(query.get('PageSize'))];
    const AccessKeyLeakList = findings.slice((page - 1) * size, page * size);
    return { body: { RequestId: 'R-1', TotalCount: findings.length, AccessKeyLeakList, ...more } };
  };
}

const many = (count: number) => Array.from({ length: count }, (_, id) => finding(id + 1));

describe('pendingLeaks', () => {
  it('takes apart what the API reference shows', async () => {
    listing([finding(389357), finding(389358, { UserType: 'master' })]);
    const { findings, unread } = await center().pendingLeaks();
    expect(unread).toBe(0);
    expect(findings.map(({ foundAt, ...rest }) => ({ ...rest, foundAt: foundAt?.toISO() }))).toMatchObject([
      {
        id: '389357',
        keyId: 'LTAI5tLeakedLeakedLeak01',
        owner: 'user',
        url: 'https://github.com/someone/test-ak/blob/0e466d2e/389357',
        foundAt: '2021-02-03T13:11:37.000Z',
      },
      { id: '389358', owner: 'account' },
    ]);
    const [call] = server.received;
    expect(call?.headers).toMatchObject({
      'x-acs-version': '2018-12-03',
      'x-acs-action': 'DescribeAccesskeyLeakList',
    });
    expect(call?.query.get('Status')).toBe('pending');
  });

  it.each([
    [0, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ])('reads %i findings in %i pages', async (count, pages) => {
    listing(many(count));
    expect((await center().pendingLeaks()).findings).toHaveLength(count);
    expect(server.received).toHaveLength(pages);
  });

  it('says how many it left, where there are more than a run can use', async () => {
    listing(many(1234));
    const { findings, unread } = await center().pendingLeaks();
    expect([findings.length, unread]).toEqual([1000, 234]);
  });

  it('leaves out what is handled, whatever was asked for, and takes an unknown status for pending', async () => {
    listing([
      finding(1, { Status: 'dealed' }),
      finding(2, { Status: 'odd' }),
      finding(3, { Status: undefined }),
    ]);
    expect((await center().pendingLeaks()).findings.map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('tells a finding once that two pages show', async () => {
    listing([...many(100), finding(100)]);
    expect((await center().pendingLeaks()).findings).toHaveLength(100);
  });

  it('ends where the list does, though the count says otherwise', async () => {
    listing(many(3), { TotalCount: 500 });
    expect((await center().pendingLeaks()).findings).toHaveLength(3);
  });

  it.each([
    ['no count', { TotalCount: undefined }],
    ['an odd count', { TotalCount: 'some' }],
    ['no list', { AccessKeyLeakList: undefined }],
    ['another list', { AccessKeyLeakList: 'none' }],
    ['a finding without id', { AccessKeyLeakList: [finding(1, { Id: undefined })] }],
  ])('an answer with %s is an error, not an empty list', async (_, more) => {
    listing(many(1), more);
    await expect(center().pendingLeaks()).rejects.toMatchObject({ code: 'UnreadableAnswer' });
  });

  it.each([
    ['no date', undefined],
    ['a text', '2021-02-03'],
    ['an impossible number', 1e300],
  ])('does without a date where there is %s', async (_, GmtModified) => {
    listing([finding(1, { GmtModified })]);
    expect((await center().pendingLeaks()).findings[0]).not.toHaveProperty('foundAt');
  });
});

describe('leakDetail', () => {
  it.each([
    [1, true],
    [2, false],
    [0, 'unknown'],
    [undefined, 'unknown'],
  ])('TokenValid %s: the pair works: %s; the code is left where it is', async (TokenValid, keyValid) => {
    server.behave = () => ({
      body: {
        RequestId: 'R-1',
        Code: 'ak=LTAI5tLeakedLeakedLeak01 sk=TheSecretOfTheLeakedKey00000000',
        GithubUser: 'Blue00Blue',
        GithubRepoName: 'ExamOnline',
        GithubFileName: 'testAkLeak',
        GithubFileUrl: 'https://user:pass@github.com/Blue00Blue/ExamOnline/blob/main/testAk?x=1',
        Source: 'GitHub',
        TokenValid,
      },
    });
    expect(await center().leakDetail('389357')).toEqual({
      platform: 'GitHub',
      repository: 'Blue00Blue/ExamOnline',
      file: 'testAkLeak',
      url: 'https://github.com/Blue00Blue/ExamOnline/blob/main/testAk',
      keyValid,
    });
  });
});

test('markHandled says that it was handled by hand, and how', async () => {
  server.behave = () => ({ body: { RequestId: 'R-1' } });
  await center().markHandled('389357', 'keyturn: dead');
  expect(Object.fromEntries(server.received[0]?.query ?? [])).toEqual({
    Id: '389357',
    Type: 'manual',
    Remark: 'keyturn: dead',
  });
});

describe('isRefusedForGood', () => {
  const refused = async (status: number, Code: string): Promise<unknown> => {
    server.behave = () => ({ status, body: { RequestId: 'R-1', Code, Message: 'no' } });
    return center()
      .pendingLeaks()
      .catch((error: unknown) => error);
  };

  it.each([
    [403, 'NoPermission', true],
    [400, 'ServiceNotActivated', true],
    [404, 'InvalidAction.NotFound', true],
    [404, 'InvalidAccessKeyId.NotFound', false],
    [400, 'InvalidSecurityToken.Expired', false],
    [400, 'SignatureDoesNotMatch', false],
    [400, 'InvalidTimeStamp.Expired', false],
    [429, 'Throttling.User', false],
    [500, 'ServerError', false],
  ])('%i %s: %s', async (status, code, absent) => {
    const error = await refused(status, code);
    expect(error).toBeInstanceOf(CloudError);
    expect(isRefusedForGood(error)).toBe(absent);
  });
});

test.each([
  ['cn-hangzhou', 'tds.cn-shanghai.aliyuncs.com'],
  ['cn-hongkong', 'tds.cn-shanghai.aliyuncs.com'],
  ['ap-southeast-1', 'tds.ap-southeast-1.aliyuncs.com'],
  ['eu-central-1', 'tds.ap-southeast-1.aliyuncs.com'],
])('of %s it is found at %s', (region, host) => {
  expect(endpointOf('sas', region)).toEqual({ host, protocol: 'https' });
});

test.each([
  ['https://u:p@example.com:8443/a/b?c=d#e', 'https://example.com:8443/a/b'],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['', undefined],
  [42, undefined],
])('publicUrl of %s is %s', (given, told) => {
  expect(publicUrl(given)).toBe(told);
});
