import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FunctionCompute } from '../../packages/local-alibaba-cloud/index';
import { readings } from '../support/grants';
import { memberId, Organisation, timer } from '../support/organisation';

const own = '1234567890123456';
const central = 'keyturn-rotate-keys';
const files = ['resource-directory', 'invoke'];
const granted = files.flatMap((name) =>
  JSON.parse(readFileSync(join(__dirname, `../../policies/${name}.json`), 'utf8')).Statement.flatMap(
    ({ Action }: { Action: string | string[] }) => [Action].flat(),
  ),
);

let codeDir: string;
beforeAll(() => {
  codeDir = mkdtempSync(join(tmpdir(), 'keyturn-grants-'));
  writeFileSync(join(codeDir, 'index.js'), 'exports.handler = async (event) => event;');
});
afterAll(() => rmSync(codeDir, { recursive: true, force: true }));

/** A timer run that hands out, and one of its parts; with what happened, as far as it depends on permissions. */
async function live(withoutAction?: string, authorises: (typeof readings)[number] = 'documented') {
  const company = await Organisation.open({
    members: 3,
    config: {
      fanOut: { accountsPerRun: 2 },
      resourceDirectory: {
        roleName: 'keyturn',
        externalId: 'acme-7f3a',
        include: ['r-Root00', 'fd-below', own],
      },
    },
  });
  company.employ();
  const directory = company.cloud.openDirectory();
  directory.addFolder('fd-below');
  company.cloud.switches.authorises = authorises;
  const { account } = company.fixture;
  const policy = account.policy(central, 'Custom');
  const { document } = policy.current.policy;
  const Statement = document.Statement.flatMap((statement) => {
    const Action = [statement.Action ?? []].flat().filter((action) => action !== withoutAction);
    return Action.length > 0 ? [{ ...statement, Action }] : [];
  });
  account.addPolicyVersion(policy, { ...document, Statement }, true);
  const deployment = {
    name: central,
    account: account.id,
    region: company.cloud.region,
    role: central,
    codeDir,
    handler: 'index.handler',
    memory: 128,
    timeout: 10,
    env: {},
    retries: 0,
    timers: [],
  };
  const compute = await FunctionCompute.start(company.cloud, [deployment]);
  company.fixture.config.endpoints = { ...(company.fixture.config.endpoints as object), fc: compute.url };
  try {
    const parent = await company.rotate(timer());
    const part = await company.rotate({ accounts: [memberId(0)] });
    const used = company.cloud
      .grantsUsed(account.role(central).arn)
      .flatMap(({ actions }) => actions.flatMap(({ pattern, used }) => (used ? [pattern] : [])));
    return { failed: Boolean(parent.error ?? part.error), used };
  } finally {
    await compute.stop();
    await company.close();
  }
}

test.each(readings)(
  'what the functions may do beside their own account suffices, and all of it is used: %s',
  async (authorises) => {
    const { failed, used } = await live(undefined, authorises);
    expect(failed).toBe(false);
    expect(granted.filter((action: string) => !used.includes(action))).toEqual([]);
  },
);

test.each(granted)('without %s it fails', async (action: string) => {
  expect((await live(action)).failed).toBe(true);
});
