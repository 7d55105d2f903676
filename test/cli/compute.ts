import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  type Deployment,
  FunctionCompute,
  type LocalCloud,
  type PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import { parseConfig } from '../../src/config/load';
import { rolesFor } from '../../src/setup/roles';
import type { CliFixture } from '../support/cli-fixture';

/** A function as it was built, with the role that setup gives it, in Function Compute 3.0 and 2.0. */
export async function deployed(
  cloud: LocalCloud,
  fixture: CliFixture,
  config: object,
  more: Partial<Deployment> = {},
  job: 'rotate-keys' | 'emergency' = 'rotate-keys',
): Promise<FunctionCompute> {
  const account = cloud.account();
  const text = stringify(config);
  const roleName = `keyturn-${job}`;
  const roles = rolesFor(parseConfig(text, {}), {
    account: account.id,
    region: cloud.region,
    logProject: 'p',
    logStore: 'l',
    failureTopic: 't',
    userPrefix: '',
    protect: [],
  });
  const role = roles.find(({ name }) => name === roleName);
  if (!role) throw new Error(`setup knows no role ${roleName}`);
  if (!account.roles.has(roleName)) {
    account.createRole(roleName, { policies: [role.policy as PolicyDocument] });
  }
  const deployment: Deployment = {
    name: roleName,
    account: account.id,
    region: cloud.region,
    role: roleName,
    codeDir: join(fixture.folder, 'dist', job),
    handler: 'index.handler',
    memory: 512,
    timeout: 600,
    env: { KEYTURN_CONFIG: text },
    retries: 2,
    timers: [],
    ...more,
  };
  return FunctionCompute.start(cloud, [deployment, { ...deployment, service: 'ops' }], { retryPauseMs: 10 });
}
