import { beforeAll, expect, test, vi } from 'vitest';
import { FunctionCompute, type Invoked } from '../../packages/local-alibaba-cloud/index';
import type { RunReport } from '../../src/report/run-report';
import { built } from '../support/built';
import { memberId, Organisation, timer } from '../support/organisation';

let codeDir: string;

beforeAll(async () => {
  codeDir = await built('rotate-keys');
});

test('30 accounts in parts that are killed, denied and throttled: what can be done is done, once', async () => {
  const company = await Organisation.open({ members: 30, config: { fanOut: { accountsPerRun: 6 } } });
  // Functions run in processes of their own, by the clock of the machine.
  vi.useRealTimers();
  company.employ();
  company.member(4).roles.delete('keyturn');
  const { faults } = company.cloud;
  faults.add({
    match: ({ account, action }) => account === memberId(9) && action === 'ListUsers',
    kind: 'error',
    status: 429,
    code: 'Throttling.User',
    times: 2,
  });
  const invoked: Invoked[] = [];
  const env: Record<string, string> = {};
  const compute = await FunctionCompute.start(
    company.cloud,
    [
      {
        name: 'keyturn-rotate-keys',
        account: company.fixture.account.id,
        region: company.cloud.region,
        role: 'keyturn-rotate-keys',
        codeDir,
        handler: 'index.handler',
        memory: 256,
        timeout: 60,
        env,
        retries: 2,
        asyncTask: true,
        reservedConcurrency: 2,
        timers: [],
      },
    ],
    { watch: (one) => invoked.push(one), retryPauseMs: 1 },
  );
  env.KEYTURN_CONFIG = JSON.stringify({
    ...company.fixture.config,
    endpoints: { ...(company.fixture.config.endpoints as object), fc: compute.url },
  });
  try {
    const [lane] = compute.lanes;
    if (!lane) throw new Error('no function is deployed');
    let kills = 2;
    company.cloud.onCall(({ action, account }) => {
      if (action !== 'ListAccessKeys' || account !== memberId(14) || kills === 0) return;
      kills -= 1;
      lane.kill();
    });
    const settled = async () => {
      while (lane.busy) await new Promise((next) => setTimeout(next, 20));
    };
    const run = async () => {
      lane.enqueue(Buffer.from(JSON.stringify(timer())), `parent-${invoked.length}`);
      await settled();
      await new Promise((next) => setTimeout(next, 50));
      await settled();
    };
    await run();
    const reports = invoked.flatMap(({ outcome }) =>
      outcome.ok ? [JSON.parse(outcome.result.toString('utf8')) as RunReport] : [],
    );
    expect(reports.find(({ users }) => users.length === 0)?.notes).toHaveLength(5);
    expect(invoked.filter(({ outcome }) => !outcome.ok && outcome.crashed).length).toBeGreaterThan(0);
    const lost = invoked.filter((one) => one.lost);
    expect(lost).toHaveLength(1);
    expect(JSON.stringify(lost)).toContain(`role/keyturn does not exist`);
    const served = () => company.members.filter((member) => member.user('svc').keys.size === 1).length;
    // Users at whom a run was killed are left alone while it might still be alive.
    expect(served()).toBeGreaterThan(15);

    const writes = () => company.cloud.calls.filter(({ write, executed }) => write && executed).length;
    const before = writes();
    await run();
    expect(writes()).toBe(before);
    expect(invoked.at(-1)?.outcome.logs.join()).toContain('by an earlier run of this day');

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    const { report } = await company.rotate();
    expect(report.error?.message).toContain(memberId(4));
    expect(report.summary.failed).toBe(0);
    expect(served()).toBe(29);
    for (const member of company.members.filter(({ id }) => id !== memberId(4))) {
      const [key] = member.user('svc').keys.values();
      const current = [...(member.secret('keyturn/svc')?.versions ?? [])].find(([, { stages }]) =>
        stages.has('ACSCurrent'),
      );
      expect(current?.[0], member.id).toBe(key?.id);
    }
  } finally {
    await compute.stop();
    await company.close();
  }
}, 120_000);
