import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FunctionCompute } from '../../packages/local-alibaba-cloud/index';
import { shareOf } from '../../src/inactivity/limit';
import { memberId, Organisation, timer } from '../support/organisation';

/** Stands for the function itself: tells what it was asked. */
const ECHO = `exports.handler = async (event) => event;`;

let codeDir: string;
let company: Organisation;
let compute: FunctionCompute;
let asked: Record<string, unknown>[];

beforeAll(() => {
  codeDir = mkdtempSync(join(tmpdir(), 'keyturn-accounts-'));
  writeFileSync(join(codeDir, 'index.js'), ECHO);
});
afterAll(() => rmSync(codeDir, { recursive: true, force: true }));
afterEach(async () => {
  await compute.stop();
  await company.close();
});

async function open(
  config: Record<string, unknown> = {},
  { members = 30, deployed = ['rotate-keys', 'disable-inactive'] } = {},
): Promise<void> {
  company = await Organisation.open({ members, config: { fanOut: { accountsPerRun: 8 }, ...config } });
  asked = [];
  const deployments = deployed.map((name) => ({
    name: `keyturn-${name}`,
    account: company.fixture.account.id,
    region: company.cloud.region,
    role: `keyturn-${name}`,
    codeDir,
    handler: 'index.handler',
    memory: 128,
    timeout: 10,
    env: {},
    retries: 0,
    asyncTask: true,
    reservedConcurrency: 2,
    timers: [],
  }));
  compute = await FunctionCompute.start(company.cloud, deployments, {
    watch: ({ outcome }) => outcome.ok && asked.push(JSON.parse(outcome.result.toString('utf8'))),
  });
  company.fixture.config.endpoints = { ...(company.fixture.config.endpoints as object), fc: compute.url };
}

/** Until every part that was handed out has run. */
async function settled(): Promise<void> {
  while (compute.lanes.some(({ busy }) => busy)) await new Promise((next) => setTimeout(next, 5));
}

const accountsAsked = () => asked.flatMap(({ accounts }) => accounts as string[]).sort();
const everyone = () => company.members.map(({ id }) => id);

describe('the run by the timer over more accounts than one run can do', () => {
  test('hands each of them out once, and says so', async () => {
    await open();
    const { report, error } = await company.rotate(timer({ reason: 'monthly' }));
    await settled();
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ status: 'ok', users: [] });
    expect(asked.map(({ accounts }) => (accounts as string[]).length).sort()).toEqual([6, 8, 8, 8]);
    expect(asked.map(({ reason }) => reason)).toEqual(Array(4).fill('monthly'));
    expect(accountsAsked()).toEqual(everyone());
    expect(report.notes).toHaveLength(4);
    for (const id of everyone()) expect(report.notes?.join(' ')).toContain(id);
    expect(report.notes?.[0]).toContain('keyturn-rotate-keys-2026-11-23-1-');
    expect(company.cloud.calls.filter(({ action }) => action === 'AssumeRole')).toEqual([]);
  });

  test('said twice on a day, doubles nothing; on the next day it is new work', async () => {
    await open();
    await company.rotate(timer());
    company.fixture.advance('PT2H');
    const { report, error } = await company.rotate(timer());
    await settled();
    expect(error).toBeUndefined();
    expect(report.notes?.[0]).toContain('by an earlier run of this day');
    expect(accountsAsked()).toEqual(everyone());
    company.fixture.advance('P1D');
    await company.rotate(timer());
    await settled();
    expect(asked).toHaveLength(8);
  });

  test('gives a part that has other accounts than before another id', async () => {
    await open();
    await company.rotate(timer());
    company.cloud.openDirectory().addMember('100');
    await company.rotate(timer());
    await settled();
    expect(accountsAsked()).toContain('100');
  });

  test('fails where a part cannot be handed out, and names its accounts', async () => {
    await open({}, { deployed: ['disable-inactive'] });
    const { report, error } = await company.rotate(timer());
    expect(error).toBeDefined();
    expect(report.error?.message).toContain('FunctionNotFound');
    for (const id of everyone()) expect(report.error?.message).toContain(id);
  });

  test('fails where its role may not invoke the function', async () => {
    await open();
    const policy = company.fixture.account.policy('keyturn-rotate-keys', 'Custom');
    const { document } = policy.current.policy;
    const Statement = document.Statement.filter(({ Action }) => Action !== 'fc:InvokeFunction');
    company.fixture.account.addPolicyVersion(policy, { ...document, Statement }, true);
    const { report } = await company.rotate(timer());
    expect(report.error?.message).toContain('AccessDenied');
  });

  test('hands out plans where it only plans', async () => {
    await open({ mode: 'plan' });
    const { report } = await company.rotate(timer({ dryRun: true }));
    await settled();
    expect(report).toMatchObject({ status: 'ok', mode: 'plan' });
    expect(asked.map(({ dryRun }) => dryRun)).toEqual(Array(4).fill(true));
  });

  test.each([
    [20, [5, 5, 5, 5]],
    [6, [1, 1, 2, 2]],
    ['10%', [undefined, undefined, undefined, undefined]],
  ])('deals out disablesPerRun: %s', async (disablesPerRun, shares) => {
    await open({ limits: { disablesPerRun } });
    await company.disableInactive(timer());
    await settled();
    expect(asked.map((one) => one.disablesPerRun).sort()).toEqual(shares);
  });
});

describe('one run does it all', () => {
  test.each([
    ['by hand', {}, { accountsPerRun: 2 }],
    ['where it can', timer(), { accountsPerRun: 3 }],
    ['where accounts are named', timer({ accounts: [memberId(0), memberId(1)] }), { accountsPerRun: 1 }],
    ['where users are named', timer({ users: ['svc'] }), { accountsPerRun: 1 }],
    ['where one is named', timer({ account: memberId(0) }), { accountsPerRun: 1 }],
  ])('%s', async (_, event, fanOut) => {
    await open({ fanOut }, { members: 3 });
    company.employ();
    const { report } = await company.rotate(event);
    expect(asked).toEqual([]);
    expect(report.users.length).toBeGreaterThan(0);
  });
});

test('the shares of a limit never exceed it in sum', () => {
  for (let count = 1; count < 40; count++) {
    for (let parts = 1; parts < 12; parts++) {
      const shares = Array.from({ length: parts }, (_, part) =>
        shareOf({ kind: 'count', count }, part, parts),
      );
      expect(shares.reduce<number>((sum, share) => sum + (share ?? Number.NaN), 0)).toBe(count);
    }
  }
});
