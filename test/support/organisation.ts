import type { Account, LocalCloudOptions, PolicyDocument } from '../../packages/local-alibaba-cloud/index';
import { parseConfig } from '../../src/config/load';
import { disableInactiveFunction } from '../../src/inactivity/disable-inactive';
import { memberRole } from '../../src/setup/member';
import { rolesFor } from '../../src/setup/roles';
import { type Ran, RotationFixture, type RunOptions } from './rotation-fixture';

export const roleName = 'keyturn';
export const externalId = 'acme-7f3a';
const day = 86_400_000;

export interface Size {
  readonly members: number;
  readonly config?: Record<string, unknown>;
  readonly options?: LocalCloudOptions;
}

/**
 * A company on the local cloud: the functions run in the management account of a Resource Directory with so many
 * members, with exactly the roles and policies that `keyturn setup` and `keyturn setup --member` create.
 */
export class Organisation {
  readonly fixture: RotationFixture;
  readonly members: readonly Account[];

  static async open({ members, config = {}, options }: Size): Promise<Organisation> {
    const fixture = await RotationFixture.open({}, options);
    const all = {
      ...fixture.config,
      rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } } },
      resourceDirectory: { roleName, externalId },
      ...config,
    };
    Object.assign(fixture.config, all);
    const directory = fixture.cloud.openDirectory();
    const accounts = Array.from({ length: members }, (_, index) => {
      const account = fixture.cloud.account(memberId(index));
      directory.addMember(account.id);
      return account;
    });
    const organisation = new Organisation(fixture, accounts);
    organisation.setUp();
    return organisation;
  }

  private constructor(fixture: RotationFixture, members: readonly Account[]) {
    this.fixture = fixture;
    this.members = members;
  }

  /** What `keyturn setup` and, in each member, `keyturn setup --member` do. */
  private setUp(): void {
    const { account } = this.fixture;
    const config = parseConfig(JSON.stringify(this.fixture.config), {});
    for (const { name, policy } of rolesFor(config, siteOf(account.id))) {
      account.roles.delete(name);
      account.createRole(name, { policies: [] });
      const document = account.createPolicy(name, policy as PolicyDocument);
      account.role(name).policies.set(document, account.now);
    }
    for (const member of this.members) {
      const entrance = { centralAccount: account.id, roleName, externalId };
      const { trust, policy } = memberRole(config, siteOf(member.id), entrance);
      member.createRole(roleName, {
        policies: [policy as PolicyDocument],
        trust: trust as PolicyDocument,
      });
    }
  }

  get cloud() {
    return this.fixture.cloud;
  }

  close(): Promise<void> {
    return this.fixture.close();
  }

  member(index: number): Account {
    const member = this.members[index];
    if (!member) throw new RangeError(`there is no member ${index}`);
    return member;
  }

  rotate(event: unknown = {}, options: RunOptions = {}): Promise<Ran> {
    return this.fixture.run(event, options);
  }

  /** With the session of the function's own role. */
  disableInactive(event: unknown = {}): Promise<Ran> {
    const credentials = this.fixture.account.assume('keyturn-disable-inactive', { durationSeconds: 3600 });
    return this.fixture.runFunction(disableInactiveFunction('/nowhere'), event, { credentials });
  }

  /** A managed user without a key in every member. */
  employ(name = 'svc'): void {
    for (const member of this.members) member.createUser(name, { tags: { keyturn: 'rotate' } });
  }

  /** Users whom nobody has used for long, each with a key. */
  idle(account: Account, count: number): void {
    for (let index = 0; index < count; index++) {
      const createdAt = Date.now() - 400 * day;
      account.createUser(`idle-${index}`, { createdAt });
      account.createKey(`idle-${index}`, { createdAt, lastUsed: Date.now() - 300 * day });
    }
  }
}

export const memberId = (index: number): string => String(2_000_000_000_000_000 + index);

export const timer = (payload: object = {}) => ({
  triggerTime: '2026-11-23T03:00:00Z',
  triggerName: 'daily',
  payload: JSON.stringify(payload),
});

function siteOf(account: string) {
  return {
    account,
    region: 'cn-hangzhou',
    logProject: 'operations',
    logStore: 'keyturn',
    failureTopic: 'keyturn-failures',
    userPrefix: '',
    protect: [],
  };
}
