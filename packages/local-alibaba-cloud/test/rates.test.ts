import { describe, expect, test } from 'vitest';
import type { ProductName } from '../src/product';
import { Rates } from '../src/rates';
import { DEFAULT_SWITCHES, type Switches } from '../src/switches';

function rates(switches: Partial<Switches> = {}) {
  const clock = { now: 0 };
  const kept = new Rates({ ...DEFAULT_SWITCHES, ...switches }, () => clock.now);
  /** How many of a thousand calls at this very moment are let through. */
  const admitted = (product: ProductName, action: string, write = false, account = '1') =>
    Array.from({ length: 1000 }).filter(() => kept.admit({ account, product, action, write })).length;
  return { clock, admitted };
}

describe('calls per second', () => {
  test.each([
    ['ram', 'ListUsers', false, 100],
    ['ram', 'CreateAccessKey', true, 20],
    ['ram', 'AttachPolicyToUser', true, 10],
    ['ims', 'GetAccessKeyLastUsed', false, 100],
    ['sts', 'GetCallerIdentity', false, 100],
    ['kms', 'GetSecretValue', false, 450],
    ['kms', 'DescribeSecret', false, 40],
    ['kms', 'CreateSecret', true, 10],
    ['kms', 'PutSecretValue', true, 10],
  ] as const)('%s %s', (product, action, write, expected) => {
    const { clock, admitted } = rates();
    expect(admitted(product, action, write)).toBe(expected);
    clock.now = 500;
    expect(admitted(product, action, write)).toBe(expected / 2);
    clock.now = 60_000;
    expect(admitted(product, action, write)).toBe(expected);
  });

  test('each account, product and action has its own', () => {
    const { admitted } = rates();
    expect(admitted('ram', 'ListUsers')).toBe(100);
    expect(admitted('ram', 'GetUser')).toBe(100);
    expect(admitted('ims', 'ListUsers')).toBe(100);
    expect(admitted('ram', 'ListUsers', false, '2')).toBe(100);
    expect(admitted('ram', 'ListUsers')).toBe(0);
  });

  test('RAM and IMS may share theirs, KMS groups always do', () => {
    const { admitted } = rates({ imsSharesRamQuota: true, kmsWritesPerSecond: 40 });
    expect(admitted('ram', 'ListUsers')).toBe(100);
    expect(admitted('ims', 'ListUsers')).toBe(0);
    expect(admitted('kms', 'PutSecretValue', true)).toBe(40);
    expect(admitted('kms', 'UpdateSecretVersionStage', true)).toBe(0);
  });
});
