import { DateTime } from 'luxon';
import type { Clock } from '../../src/base/clock';
import { Secret } from '../../src/cloud/secret';
import type { Channel as ChannelConfig } from '../../src/config/schema';
import type { FunctionCalls } from '../../src/notify/channel';
import * as facts from '../../src/notify/fact';
import { createNotifier, type NotifierDeps } from '../../src/notify/notifier';

export const NOW = DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' });
export const ACCOUNT = '1234567890123456';
export const CHANNEL_SECRET = 'SEC-of-the-channel-ä';
const open = { allowPrivate: false } as const;
export const secret = new Secret(CHANNEL_SECRET);

/** Sleeping turns it; it keeps what was slept. */
export class HandClock implements Clock {
  readonly slept: number[] = [];
  #elapsed = 0;

  now = () => NOW.plus(this.#elapsed);
  elapsed = () => this.#elapsed;
  sleep = async (ms: number) => {
    this.slept.push(ms);
    this.#elapsed += ms;
  };
}

export function notifier(configs: ChannelConfig[], deps: Partial<NotifierDeps> = {}) {
  return createNotifier(configs, {
    mode: 'enforce',
    clock: new HandClock(),
    locale: 'en',
    timezone: 'UTC',
    timeout: 1_000,
    ...deps,
  });
}

/** A channel of each type with this receiver as its other end; functions are reached through `functionCalls`. */
export const configOf = {
  webhook: (origin: string) => ({
    type: 'webhook' as const,
    url: `${origin}/hook?token=TOKEN`,
    secret,
    ...open,
  }),
  dingtalk: (origin: string) => ({
    type: 'dingtalk',
    url: `${origin}/robot/send?access_token=TOKEN`,
    secret,
    ...open,
  }),
  feishu: (origin: string) => ({
    type: 'feishu',
    url: `${origin}/open-apis/bot/v2/hook/TOKEN`,
    secret,
    ...open,
  }),
  wecom: (origin: string) => ({ type: 'wecom', url: `${origin}/cgi-bin/webhook/send?key=TOKEN`, ...open }),
  slack: (origin: string) => ({ type: 'slack', url: `${origin}/services/T0/B0/TOKEN`, ...open }),
  fc2: () => ({
    type: 'function',
    target: {
      arn: 'acs:fc:cn-hangzhou:1234567890123456:services/shop.LATEST/functions/reload',
      region: 'cn-hangzhou',
      account: ACCOUNT,
      functionName: 'reload',
      service: { name: 'shop', qualifier: 'LATEST' },
    },
    ...open,
  }),
  fc3: () => ({
    type: 'function',
    target: {
      arn: 'acs:fc:cn-hangzhou:1234567890123456:functions/reload-credentials',
      region: 'cn-hangzhou',
      account: ACCOUNT,
      functionName: 'reload-credentials',
    },
    ...open,
  }),
} satisfies Record<string, (origin: string) => ChannelConfig>;

export type Kind = keyof typeof configOf;

export const KINDS = Object.keys(configOf) as Kind[];

/** What a chat service answers to a message that it takes. */
export const ACCEPTANCE: Record<string, string> = {
  dingtalk: '{"errcode":0,"errmsg":"ok"}',
  feishu: '{"code":0,"msg":"success"}',
  wecom: '{"errcode":0,"errmsg":"ok"}',
  slack: 'ok',
};

export const functionCalls = (origin: string): FunctionCalls => ({
  credentials: () => ({
    accessKeyId: 'STS.keyturn',
    accessKeySecret: new Secret('SECRET-of-sts'),
    securityToken: new Secret('TOKEN-of-sts'),
  }),
  endpoint: { protocol: origin.startsWith('https') ? 'https' : 'http', host: new URL(origin).host },
});

/** A notifier with one channel of this kind whose other end is at `origin`. */
export const tell = (kind: Kind, origin: string, deps: Partial<NotifierDeps> = {}) =>
  notifier([configOf[kind](origin)], { functions: functionCalls(origin), ...deps });

const user = { account: ACCOUNT, user: 'svc-orders' };
const run = { account: ACCOUNT, function: 'rotate-keys', requestId: '1-65f0' };

const leak = {
  ...user,
  keyId: 'LTAI5tOldOldOldOldOld001',
  findings: 2,
  places: [
    {
      finding: '389358',
      foundAt: '2026-11-23T02:58:00Z',
      platform: 'GitHub',
      repository: 'someone/shop',
      file: 'config/application.yml',
      url: 'https://github.com/someone/shop/blob/main/config/application.yml',
    },
    { finding: '389357' },
  ],
};

/** One fact of each type. */
export const every = {
  'keyturn.accesskey.rotated': facts.rotated(NOW, {
    ...user,
    secretName: 'keyturn/svc-orders',
    versionId: 'LTAI5tNewNewNewNewNew001',
    keyId: 'LTAI5tNewNewNewNewNew001',
    oldKeyId: 'LTAI5tOldOldOldOldOld001',
    oldKeyDisabledFrom: '2026-11-25T03:00:00Z',
    reason: 'quarterly',
  }),
  'keyturn.accesskey.stillused': facts.stillUsed(NOW, {
    ...user,
    secretName: 'keyturn/svc-orders',
    keyId: 'LTAI5tOldOldOldOldOld001',
    currentKeyId: 'LTAI5tNewNewNewNewNew001',
    lastUsed: { at: '2026-11-22T21:14:00Z', service: 'Oss' },
    usedBy: {
      services: [
        { what: 'Oss', at: '2026-11-22T21:14:00Z' },
        { what: 'Ecs', at: '2026-11-20T08:00:00Z' },
      ],
      addresses: [{ what: '203.0.113.7', at: '2026-11-22T21:14:00Z' }],
      events: [{ what: 'PutObject', at: '2026-11-22T21:14:00Z' }],
    },
    askAgainAt: '2026-11-24T03:00:00Z',
  }),
  'keyturn.accesskey.disabled': facts.disabled(NOW, {
    ...user,
    keyId: 'LTAI5tOldOldOldOldOld001',
    deletedFrom: '2026-11-30T03:00:00Z',
  }),
  'keyturn.accesskey.deleted': facts.deleted(NOW, { ...user, keyId: 'LTAI5tOldOldOldOldOld001' }),
  'keyturn.accesskey.blocked': facts.blocked(NOW, {
    ...user,
    reason: 'ForeignSecondKey',
    message: 'The user has a second key that keyturn did not issue.',
    keyIds: ['LTAI5tForeignForeign0001'],
  }),
  'keyturn.accesskey.contained': facts.contained(NOW, {
    ...user,
    keyIds: ['LTAI5tOldOldOldOldOld001'],
    reason: 'leaked',
  }),
  'keyturn.leak.found': facts.leakFound(NOW, {
    ...leak,
    reason: 'LeakExempt',
    message: 'The key leaked and is enabled, and the user is exempt (break glass).',
    exempt: true,
  }),
  'keyturn.leak.contained': facts.leakContained(NOW, leak),
  'keyturn.leak.replaced': facts.leakReplaced(NOW, {
    ...leak,
    newKeyId: 'LTAI5tNewNewNewNewNew001',
    secretName: 'keyturn/svc-orders',
  }),
  'keyturn.inactive.warning': facts.inactivityWarning(NOW, {
    ...user,
    lastActiveAt: '2026-08-30T08:00:00Z',
    disabledFrom: '2026-11-30T03:00:00Z',
  }),
  'keyturn.inactive.disabled': facts.inactiveDisabled(NOW, { ...user, keyId: 'LTAI5tOldOldOldOldOld001' }),
  'keyturn.inactive.deleted': facts.inactiveDeleted(NOW, { ...user }),
  'keyturn.run.failed': facts.runFailed(NOW, {
    ...run,
    reason: 'UserFailed',
    failures: [{ user: 'svc-orders', error: 'ram CreateAccessKey failed' }],
  }),
  'keyturn.run.halted': facts.runHalted(NOW, { ...run, reason: 'LimitExceeded', due: 21, limit: 20 }),
  'keyturn.test': facts.testFact(NOW, ACCOUNT),
} satisfies { [T in facts.FactType]: facts.FactOf<T> };

export const rotated = every['keyturn.accesskey.rotated'];
