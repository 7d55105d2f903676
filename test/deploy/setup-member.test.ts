import { beforeEach, expect, test } from 'vitest';
import type { Account } from '../../packages/local-alibaba-cloud/index';
import { statusFixture } from '../support/status-fixture';

const central = '1234567890123456';
const memberId = '2000000000000000';

const scene = statusFixture();
const { writes } = scene;
let member: Account;

beforeEach(() => {
  member = scene.cloud.account(memberId);
  scene.operator = member.rootKey;
  configure({ resourceDirectory: { roleName: 'keyturn', externalId: 'acme-7f3a' } });
});

const configure = (config: object) =>
  scene.fixture.configure({ endpoints: { ram: scene.cloud.url, sts: scene.cloud.url }, ...config });
const setup = (...args: string[]) => scene.keyturn('setup', '--member', ...args);

test('creates the role that the functions of the central account alone may assume', async () => {
  const { code, stdout } = await setup('--central', central, '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain(
    `create the role keyturn, which the functions of account ${central} alone may assume`,
  );
  expect(stdout).not.toContain('s deploy');
  const { trust, policies } = member.role('keyturn');
  expect(trust.Statement[0]?.Principal?.RAM).toContain(`acs:ram::${central}:role/keyturn-rotate-keys`);
  expect(trust.Statement[0]?.Condition).toEqual({ StringEquals: { 'sts:ExternalId': 'acme-7f3a' } });
  expect([...policies.keys()].map(({ name }) => name)).toEqual(['keyturn']);
  const again = await setup('--central', central, '--yes');
  expect(again.stdout).toContain('as they should be');
});

test('takes the role from the list of accounts', async () => {
  const roleArn = `acs:ram::${memberId}:role/rotator`;
  configure({ accounts: [{ id: memberId, roleArn, externalId: 'seven-of-nine' }] });
  expect((await setup('--central', central, '--yes')).code).toBe(0);
  expect(member.role('rotator').trustText).toContain('seven-of-nine');
});

test.each(['json', 'terraform', 'ros'])('prints it as %s, and does nothing', async (form) => {
  const { code, stdout } = await setup('--central', central, '--print', form);
  expect(code).toBe(0);
  expect(JSON.stringify(JSON.parse(stdout))).toContain(`acs:ram::${central}:role/keyturn-rotate-keys`);
  expect(writes()).toEqual([]);
});

test.each([
  ['without the central account', [], 'Say --central'],
  ['with something else for it', ['--central', 'prod'], 'Say --central'],
  ['in the central account itself', ['--central', memberId], 'where the functions run'],
])('is refused %s', async (_, args, told) => {
  const { code, stderr } = await setup(...args, '--yes');
  expect(stderr).toContain(told);
  expect(code).toBe(2);
  expect(writes()).toEqual([]);
});

test('is refused in an account that the configuration does not know', async () => {
  configure({ accounts: [{ id: '3', roleArn: 'acs:ram::3:role/keyturn' }] });
  const { code, stderr } = await setup('--central', central, '--yes');
  expect(stderr).toContain(`does not say which role to assume in account ${memberId}`);
  expect(code).toBe(2);
});
