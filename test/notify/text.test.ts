import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocked, type Fact, rotated, runFailed, stillUsed } from '../../src/notify/fact';
import { messageFor } from '../../src/notify/message';
import { feishuText, markdownText, plainText, render, slackText } from '../../src/notify/text';
import { receiver } from '../support/receiver';
import { ACCEPTANCE, ACCOUNT, every, NOW, tell } from './fixtures';

/** Text as somebody would write it who wants more than to be read. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '@all',
        '<at id=all></at>',
        '<!channel>',
        '<@U1>',
        '&lt;!here&gt;',
        '[here](https://evil.example/)',
        '![](https://evil.example/p.png)',
        'https://evil.example/?a=b',
        'www.evil.example',
        '_www.evil.example',
        '\n# heading',
        '\r\n> quote',
        '\u2028- item',
        '\u202eesrever',
        '\u200b',
        ':\u200b//',
        ':::////',
        '**bold**',
        '`code`',
        '```',
        '</font>',
        '<font color="warning">',
        '\\',
        '"}],"at":{"isAtAll":true}',
        '\ud800',
        '\u0000',
        ' ',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

describe('text from outside', () => {
  test('is one line of visible characters without mention or link, and no longer than needed', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const plain = plainText(text);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}@]|:\/\/|(?<![a-z0-9])www\./iu);
        expect([...plain].length).toBeLessThanOrEqual(161);
      }),
    );
  });

  test.each([
    ['markdown', markdownText, /[<>[\]*`~\\|&]/],
    ['feishu', feishuText, /[<>]/],
    ['slack', slackText, /[<>]|&(?!amp;|lt;|gt;)/],
  ])('has no character with a meaning in %s', (_, harmless, meaning) => {
    fc.assert(fc.property(hostile, (text) => !meaning.test(harmless(text))));
  });

  test('that is a name of RAM is shown as it is', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,60}[A-Za-z0-9])?$/);
    fc.assert(
      fc.property(name, (user) => {
        fc.pre(!/(?<![a-z0-9])www\.|[._-]_|_[._-]/i.test(user));
        for (const harmless of [markdownText, feishuText, slackText]) expect(harmless(user)).toBe(user);
      }),
    );
  });
});

const factsAbout = (text: string): Fact[] => [
  rotated(NOW, {
    account: ACCOUNT,
    user: text,
    secretName: text,
    versionId: text,
    keyId: text,
    reason: text,
  }),
  stillUsed(NOW, {
    account: ACCOUNT,
    user: text,
    secretName: text,
    keyId: text,
    currentKeyId: text,
    lastUsed: { at: '2026-11-22T21:14:00Z', service: text },
    askAgainAt: '2026-11-24T03:00:00Z',
  }),
  blocked(NOW, { account: ACCOUNT, user: text, reason: text, message: text, keyIds: [text, text] }),
  runFailed(NOW, {
    account: ACCOUNT,
    function: text,
    requestId: text,
    reason: text,
    failures: [{ user: text, error: text }, { error: text }, { user: text, error: text }, { error: text }],
  }),
];

describe('bodies', () => {
  async function bodiesOf(kind: 'dingtalk' | 'wecom' | 'slack' | 'feishu', facts: Fact[]) {
    const server = await receiver({ body: ACCEPTANCE[kind] });
    try {
      const { deliver } = tell(kind, server.origin, { timeout: 5_000 });
      for (const fact of facts) await deliver(fact);
      expect(server.received).toHaveLength(facts.length);
      return server.received.map(({ body }) => JSON.parse(body));
    } finally {
      await server.close();
    }
  }

  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shape);
    if (typeof value !== 'object' || value === null) return typeof value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]));
  };

  const lines = (value: unknown) => JSON.stringify(value).split('\\n').length;

  test.each(['dingtalk', 'wecom', 'slack', 'feishu'] as const)(
    '%s: hostile text changes neither the structure nor the number of lines',
    async (kind) => {
      const harmless = await bodiesOf(kind, factsAbout('harmless'));
      await fc.assert(
        fc.asyncProperty(hostile, async (text) => {
          fc.pre(plainText(text) !== '');
          const bodies = await bodiesOf(kind, factsAbout(text));
          if (kind !== 'slack') expect(bodies.map(shape)).toEqual(harmless.map(shape));
          if (kind !== 'wecom') expect(bodies.map(lines)).toEqual(harmless.map(lines));
          if (kind === 'wecom') {
            for (const { markdown } of bodies)
              expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4096);
          }
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe('messages', () => {
  const identity = (text: string) => text;
  const written = (fact: Fact, locale: 'en' | 'zh-CN') => {
    const { title, lines, todo } = render(messageFor(fact, locale), identity, 'UTC');
    return [title, ...lines, todo].join('\n');
  };

  test.each(Object.values(every))('$type says what to do, in both languages', (fact) => {
    expect(written(fact, 'en')).toMatch(/\nWhat to do: [A-Za-z].*\.$/);
    expect(written(fact, 'zh-CN')).toMatch(/\n请处理：.*。$/);
    expect(written(fact, 'en')).not.toMatch(/undefined|NaN|\[object|[一-鿿]/);
    expect(written(fact, 'zh-CN')).not.toMatch(/undefined|NaN|\[object/);
  });

  test.each(Object.values(every))('$type shortens key ids', (fact) => {
    for (const locale of ['en', 'zh-CN'] as const) expect(written(fact, locale)).not.toMatch(/LTAI5t\w/);
  });

  test('no line begins with text from outside', () => {
    for (const fact of [...factsAbout('x'), ...Object.values(every)]) {
      for (const locale of ['en', 'zh-CN'] as const) {
        for (const line of messageFor(fact, locale).lines) expect(line.words[0]).not.toBe('');
      }
    }
  });

  test('a leak names the key, where it was found and what became of it, without a link', () => {
    expect(written(every['keyturn.leak.replaced'], 'en')).toMatchInlineSnapshot(`
      "Leaked AccessKey of svc-orders replaced
      Account 1234567890123456: the key LTAI5t…d001 was found in public code and no longer signs.
      Its successor LTAI5t…w001 is in the secret keyturn/svc-orders.
      Found in someone/shop, file config/application.yml (https://github.com/someone/shop/blob/main/config/application.yml).
      Security Center has finding 389357 about it.
      What to do: look for misuse of the leaked key in ActionTrail, and take it out of the code."
    `);
    expect(written(every['keyturn.leak.found'], 'en')).toMatchInlineSnapshot(`
      "Leaked AccessKey of svc-orders, who is exempt
      Account 1234567890123456: the key LTAI5t…d001 was found in public code.
      Found in someone/shop, file config/application.yml (https://github.com/someone/shop/blob/main/config/application.yml).
      Security Center has finding 389357 about it.
      Why, LeakExempt: The key leaked and is enabled, and the user is exempt (break glass).
      What to do: disable this key now, look for misuse in ActionTrail, and mark the finding as handled in Security Center."
    `);
    expect(written(every['keyturn.leak.contained'], 'zh-CN')).toMatchInlineSnapshot(`
      "svc-orders 泄露的 AccessKey 已禁用
      账号 1234567890123456：密钥 LTAI5t…d001 出现在公开代码中，现已失效。
      发现位置：someone/shop，文件 config/application.yml（https://github.com/someone/shop/blob/main/config/application.yml）。
      云安全中心的泄露记录：389357。
      请处理：在操作审计（ActionTrail）中检查该密钥是否被滥用，从代码中删除它，并为 svc-orders 的程序换用其他密钥。请勿重新启用该密钥。"
    `);
  });

  test('the reminder names last use, service, days and what to do', () => {
    expect(written(every['keyturn.accesskey.stillused'], 'en')).toMatchInlineSnapshot(`
      "Old AccessKey of svc-orders is still in use
      The old key LTAI5t…d001 was last used on 2026-11-22 21:14 UTC with Oss.
      It was used for Oss (2026-11-22 21:14 UTC), Ecs (2026-11-20 08:00 UTC).
      It was used from 203.0.113.7 (2026-11-22 21:14 UTC).
      The last calls: PutObject (2026-11-22 21:14 UTC).
      Account 1234567890123456: the current key LTAI5t…w001 is in the secret keyturn/svc-orders.
      You will be asked again in 1 day.
      What to do: find the program that signs with the old key and let it read the secret keyturn/svc-orders again. Once the old key is quiet, keyturn disables it."
    `);
    expect(written(every['keyturn.accesskey.stillused'], 'zh-CN')).toMatchInlineSnapshot(`
      "svc-orders 的旧 AccessKey 仍在使用
      旧密钥 LTAI5t…d001 最近使用于 2026-11-22 21:14 UTC，云服务 Oss。
      访问的云服务：Oss (2026-11-22 21:14 UTC), Ecs (2026-11-20 08:00 UTC)。
      来源地址：203.0.113.7 (2026-11-22 21:14 UTC)。
      最近的调用：PutObject (2026-11-22 21:14 UTC)。
      账号 1234567890123456：当前密钥 LTAI5t…w001 在凭据 keyturn/svc-orders 中。
      将在 1 天后再次提醒。
      请处理：找到仍用旧密钥签名的程序，让它重新读取凭据 keyturn/svc-orders。旧密钥停用一段时间后，keyturn 会将其禁用。"
    `);
  });

  test('a rotation', () => {
    expect(written(every['keyturn.accesskey.rotated'], 'en')).toMatchInlineSnapshot(`
      "AccessKey of svc-orders rotated
      Account 1234567890123456: the current key LTAI5t…w001 is in the secret keyturn/svc-orders.
      The old key LTAI5t…d001 will be disabled from 2026-11-25 03:00 UTC on, once it is no longer used.
      Reason: quarterly
      What to do: let every program of svc-orders read the secret again (stage ACSCurrent)."
    `);
    expect(written(every['keyturn.accesskey.rotated'], 'zh-CN')).toMatchInlineSnapshot(`
      "svc-orders 的 AccessKey 已轮转
      账号 1234567890123456：当前密钥 LTAI5t…w001 已存入凭据 keyturn/svc-orders。
      旧密钥 LTAI5t…d001 将于 2026-11-25 03:00 UTC 之后、不再使用时禁用。
      原因：quarterly
      请处理：让 svc-orders 的所有程序重新读取该凭据（版本状态 ACSCurrent）。"
    `);
  });

  test.each([
    ['UTC', '2026-11-22 21:14 UTC'],
    ['Asia/Shanghai', '2026-11-23 05:14 UTC+8'],
    ['Asia/Kolkata', '2026-11-23 02:44 UTC+5:30'],
    ['America/New_York', '2026-11-22 16:14 UTC-5'],
  ])('times are those of the reader: %s', (zone, time) => {
    for (const locale of ['en', 'zh-CN'] as const) {
      const message = messageFor(every['keyturn.accesskey.stillused'], locale);
      const { lines } = render(message, identity, zone);
      expect(lines[0]).toContain(time);
      expect(lines[1]).toContain(`Oss (${time})`);
    }
  });

  test('a rollback is no rotation, and names no day for the newer key', () => {
    const fact = rotated(NOW, {
      account: ACCOUNT,
      user: 'svc-orders',
      secretName: 'keyturn/svc-orders',
      versionId: 'LTAI5tOldOldOldOldOld001',
      keyId: 'LTAI5tOldOldOldOldOld001',
      oldKeyId: 'LTAI5tNewNewNewNewNew001',
      rolledBack: true,
    });
    expect(written(fact, 'en')).toMatchInlineSnapshot(`
      "AccessKey of svc-orders rolled back
      Account 1234567890123456: the current key LTAI5t…d001 is in the secret keyturn/svc-orders.
      It is the key from before the last rotation again. The newer key LTAI5t…w001 is left as it is, and rotation is on hold.
      What to do: let every program of svc-orders read the secret again (stage ACSCurrent)."
    `);
    expect(written(fact, 'zh-CN')).toMatchInlineSnapshot(`
      "svc-orders 的 AccessKey 已回滚
      账号 1234567890123456：当前密钥 LTAI5t…d001 已存入凭据 keyturn/svc-orders。
      当前密钥恢复为上次轮转前的密钥。较新的密钥 LTAI5t…w001 保持不变，轮转已暂停。
      请处理：让 svc-orders 的所有程序重新读取该凭据（版本状态 ACSCurrent）。"
    `);
    const { rolledBack: _, ...first } = fact.data;
    expect(fact.id).not.toBe(rotated(NOW, first).id);
  });
});
