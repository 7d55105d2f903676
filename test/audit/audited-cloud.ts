import {
  type Account,
  LocalCloud,
  type LocalCloudOptions,
  type PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import { auditAccount } from '../../src/audit/audit-account';
import type { CheckResult } from '../../src/audit/finding';
import { systemClock as clock } from '../../src/base/clock';
import { openCloud } from '../../src/cloud/cloud';
import { Gate } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { configSchema } from '../../src/config/schema';
import { policyFor } from '../support/rotation-fixture';

export const auditPolicy = (account: Account): PolicyDocument => policyFor(account.id, 'audit');

/** An account of the local cloud, and a role with exactly the shipped policy to audit it. */
export class AuditedCloud {
  static async open(options: LocalCloudOptions = {}): Promise<AuditedCloud> {
    return new AuditedCloud(await LocalCloud.start(options));
  }

  private constructor(readonly cloud: LocalCloud) {
    this.account.createRole('auditor', { policies: [auditPolicy(this.account)] });
  }

  get account(): Account {
    return this.cloud.account();
  }

  /** What the role may do from now on. */
  allow(document: PolicyDocument): void {
    this.account.addPolicyVersion(this.account.policy('role-auditor-1', 'Custom'), document, true);
  }

  async audit(document: object = {}): Promise<ReadonlyMap<string, CheckResult>> {
    const { accessKeyId, accessKeySecret, securityToken } = this.account.assume('auditor');
    const endpoint = { host: this.cloud.endpoint, protocol: 'http' } as const;
    const cloud = openCloud({
      account: this.account.id,
      region: 'cn-hangzhou',
      credentials: {
        accessKeyId,
        accessKeySecret: new Secret(accessKeySecret),
        securityToken: new Secret(securityToken),
      },
      endpoints: { ram: endpoint },
      gate: new Gate({
        account: this.account.id,
        mode: 'plan',
        readsPerSecond: 500,
        writesPerSecond: 1,
        clock,
      }),
    });
    const { checks } = await auditAccount({ cloud, config: configSchema.parse(document), clock });
    return new Map(checks.map((check) => [check.id, check]));
  }
}
