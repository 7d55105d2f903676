import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Account,
  type CallRecord,
  FunctionCompute,
  type Invoked,
  LocalCloud,
  type PolicyDocument,
} from '../packages/local-alibaba-cloud/index';
import { parseConfig } from '../src/config/load';
import { memberRole } from '../src/setup/member';
import { rolesFor } from '../src/setup/roles';
import { measuredRun } from './measured-run';

const usersPerAccount = 100;
const dueShare = 0.02;
const latencyMs = 20;
const day = 86_400_000;
const functionName = 'keyturn-rotate-keys';
const codeDir = resolve('dist/rotate-keys');
/** Parts at work at a time: `reservedConcurrency` of the function. */
const partsAtOnce = 4;
const roleName = 'keyturn';
const externalId = 'bench';

type Row = Record<string, string | number>;

/**
 * rotate-keys over an organisation, in one run and shared out: nothing due, and 2 % of the users due. 20 ms per call,
 * the documented rate limits in force. `BENCH_ACCOUNTS` says how many accounts; default 300.
 */
export async function benchAccounts(accounts = Number(process.env.BENCH_ACCOUNTS ?? 300)): Promise<Row[]> {
  const cloud = await LocalCloud.start({ quotas: true, recordCalls: false });
  const counted = new Counted(cloud);
  const env: Record<string, string> = {};
  const invoked: Invoked[] = [];
  const compute = await FunctionCompute.start(cloud, [deployment(cloud, env)], {
    watch: (one) => invoked.push(one),
  });
  try {
    const config = configFor(cloud, compute);
    env.KEYTURN_CONFIG = JSON.stringify(config);
    const members = populate(cloud, accounts, config);
    cloud.latencyMs = latencyMs;

    const inOneRun = async (what: string): Promise<Row> => {
      const { calls, result } = await counted.during(() => oneRun(cloud, config));
      if (!result.ok) throw new Error(`${what}: ${result.failure}`);
      return row(`${what}, in one run`, calls, accounts, {
        seconds: round(result.seconds),
        'peak MB': Math.round(result.peakMegabytes),
      });
    };
    const sharedOut = async (what: string): Promise<Row> => {
      const { calls, result } = await counted.during(() => partedRun(compute, invoked));
      return row(`${what}, shared out`, calls, accounts, result);
    };
    const perAccount = Math.round(usersPerAccount * dueShare);
    const due = `${accounts * perAccount} of ${accounts * usersPerAccount} users due`;
    const rows = [await inOneRun('nothing due'), await sharedOut('nothing due')];
    age(members, 0, perAccount);
    rows.push(await inOneRun(due));
    age(members, perAccount, perAccount);
    rows.push(await sharedOut(due));
    return rows;
  } finally {
    await compute.stop();
    await cloud.stop();
  }
}

function configFor(cloud: LocalCloud, compute: FunctionCompute) {
  const products = ['ram', 'ims', 'kms', 'sts', 'resourceManager'];
  return {
    mode: 'enforce',
    region: cloud.region,
    endpoints: { ...Object.fromEntries(products.map((name) => [name, cloud.url])), fc: compute.url },
    rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } } },
    resourceDirectory: { roleName, externalId },
  };
}

function deployment(cloud: LocalCloud, env: Record<string, string>) {
  return {
    name: functionName,
    account: cloud.account().id,
    region: cloud.region,
    role: functionName,
    codeDir,
    handler: 'index.handler',
    memory: 256,
    timeout: 600,
    env,
    retries: 0,
    // A task id is taken once a day, and this takes two runs in one.
    asyncTask: false,
    reservedConcurrency: partsAtOnce,
    timers: [],
  };
}

/** Members in which every user has a young key of keyturn's, and the roles that `keyturn setup` makes. */
function populate(cloud: LocalCloud, accounts: number, config: object): Account[] {
  const directory = cloud.openDirectory();
  const central = cloud.account();
  const parsed = parseConfig(JSON.stringify(config), {});
  const site = { region: cloud.region, logProject: 'p', logStore: 'l', failureTopic: 't', userPrefix: '' };
  const [plan] = rolesFor(parsed, { ...site, account: central.id, protect: [] });
  if (!plan) throw new Error('setup knows no role');
  central.createRole(functionName, { policies: [plan.policy as PolicyDocument] });
  return Array.from({ length: accounts }, (_, index) => {
    const account = cloud.account(String(2_000_000_000_000_000 + index));
    directory.addMember(account.id);
    const entrance = { centralAccount: central.id, roleName, externalId };
    const { trust, policy } = memberRole(parsed, { ...site, account: account.id, protect: [] }, entrance);
    account.createRole(roleName, {
      policies: [policy as PolicyDocument],
      trust: trust as PolicyDocument,
    });
    for (let user = 0; user < usersPerAccount; user++) settle(account, `svc-${user}`);
    return account;
  });
}

/** A user as an earlier rotation left it. */
function settle(account: Account, name: string): void {
  const createdAt = Date.now() - day;
  const at = new Date(createdAt).toISOString().replace(/[-:]|\.\d+/g, '');
  const user = account.createUser(name, { createdAt });
  const { accessKeyId, accessKeySecret } = account.createKey(name, { createdAt });
  account.tagUser(user, [
    ['keyturn', 'rotate'],
    ['keyturn:user', name],
    ['keyturn:current', `${accessKeyId}/issued/${at}`],
    ['keyturn:notice', `${accessKeyId}/${at}/${at}`],
  ]);
  const pair = {
    AccessKeyId: accessKeyId,
    AccessKeySecret: accessKeySecret,
    GenerateTimestamp: new Date(createdAt).toISOString().replace(/\.\d+/, ''),
  };
  account.createSecret(`keyturn/${name}`, accessKeyId, JSON.stringify(pair), { createdAt });
}

function age(members: readonly Account[], from: number, count: number): void {
  for (const account of members) {
    for (let user = from; user < from + count; user++) {
      for (const key of account.user(`svc-${user}`).keys.values()) makeOld(key);
    }
  }
}

function makeOld(key: { createdAt: number }): void {
  key.createdAt -= 100 * day;
}

function oneRun(cloud: LocalCloud, config: object) {
  const account = cloud.account();
  return measuredRun(
    codeDir,
    {},
    {
      requestId: 'bench',
      credentials: account.assume(functionName),
      // Longer than any function of s.yaml has: the figure is what it would take.
      function: { name: functionName, timeout: 7_200 },
      region: cloud.region,
      accountId: account.id,
    },
    config,
  );
}

/** The timer's run and all parts that it hands out, to their end. */
async function partedRun(compute: FunctionCompute, invoked: Invoked[]): Promise<Row> {
  const [lane] = compute.lanes;
  if (!lane) throw new Error('nothing is deployed');
  invoked.length = 0;
  const event = { triggerTime: new Date().toISOString(), triggerName: 'daily', payload: '{}' };
  const began = performance.now();
  lane.enqueue(Buffer.from(JSON.stringify(event)), 'bench');
  while (lane.busy) await delay(20);
  const seconds = (performance.now() - began) / 1000;
  const failed = invoked.find(({ outcome }) => !outcome.ok);
  if (failed) throw new Error(`a part failed: ${JSON.stringify(failed.outcome).slice(-2_000)}`);
  const times = invoked.map(({ outcome }) => outcome.ms / 1000);
  return {
    seconds: round(seconds),
    parts: `${invoked.length - 1}, ${partsAtOnce} at a time`,
    'longest part, seconds': round(Math.max(...times)),
    'all parts together, seconds': round(times.reduce((sum, one) => sum + one, 0)),
  };
}

interface Calls {
  all: number;
  readonly actions: Map<string, number>;
}

/** Counts instead of keeping: a record of every call would take more memory than the accounts. */
class Counted {
  #calls: Calls = none();

  constructor(cloud: LocalCloud) {
    cloud.onCall((call) => this.#count(call));
  }

  async during<T>(work: () => Promise<T>): Promise<{ calls: Calls; result: T }> {
    this.#calls = none();
    const result = await work();
    return { calls: this.#calls, result };
  }

  #count({ product, action }: CallRecord): void {
    const calls = this.#calls;
    calls.all += 1;
    const name = `${product} ${action}`;
    calls.actions.set(name, (calls.actions.get(name) ?? 0) + 1);
  }
}

const none = (): Calls => ({ all: 0, actions: new Map() });

function row(run: string, { all, actions }: Calls, accounts: number, figures: Row): Row {
  const users = accounts * usersPerAccount;
  const [busiest = ['none', 0]] = [...actions].sort(([, a], [, b]) => b - a);
  return {
    run: `${accounts} accounts × ${usersPerAccount} users, ${run}`,
    calls: all,
    'calls per user': Number((all / users).toFixed(3)),
    'busiest call': `${busiest[0]}: ${busiest[1]}`,
    ...figures,
  };
}

const round = (value: number): number => Number(value.toFixed(1));
