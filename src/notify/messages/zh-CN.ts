import type { UsedBy } from '../../report/used-by';
import type { FactData, LastUse, Place } from '../fact';
import { type Catalogue, daysUntil, type Phrase, say, seen, shortKey, shortTime } from '../phrase';

/** As many failures as a message lists; the rest is in the run report. */
const LISTED = 3;

const one: Catalogue['one'] = {
  'keyturn.accesskey.rotated': ({ data }) => ({
    tone: data.emergency ? 'alarm' : 'info',
    title: data.rolledBack
      ? say`${data.user} 的 AccessKey 已回滚`
      : data.oldKeyId
        ? say`${data.user} 的 AccessKey 已轮转`
        : say`已为 ${data.user} 签发首个 AccessKey`,
    lines: [
      say`账号 ${data.account}：当前密钥 ${shortKey(data.keyId)} 已存入凭据 ${data.secretName}。`,
      ...(data.oldKeyId ? [oldKey(data.oldKeyId, data)] : []),
      ...reason(data.reason),
    ],
    todo: say`请处理：让 ${data.user} 的所有程序重新读取该凭据（版本状态 ACSCurrent）。`,
  }),
  'keyturn.accesskey.stillused': (fact) => {
    const { data } = fact;
    return {
      tone: 'warning',
      title: say`${data.user} 的旧 AccessKey 仍在使用`,
      lines: [
        lastUse(data.keyId, data.lastUsed),
        ...usedBy(data.usedBy),
        say`账号 ${data.account}：当前密钥 ${shortKey(data.currentKeyId)} 在凭据 ${data.secretName} 中。`,
        say`将在 ${daysUntil(data.askAgainAt, fact)} 天后再次提醒。`,
      ],
      todo: say`请处理：找到仍用旧密钥签名的程序，让它重新读取凭据 ${data.secretName}。旧密钥停用一段时间后，keyturn 会将其禁用。`,
    };
  },
  'keyturn.accesskey.disabled': ({ data }) => ({
    tone: data.emergency ? 'alarm' : 'info',
    title: say`${data.user} 的旧 AccessKey 已禁用`,
    lines: [
      say`账号 ${data.account}：密钥 ${shortKey(data.keyId)} 不再有效。`,
      ...(data.deletedFrom ? [say`它将于 ${shortTime(data.deletedFrom)} 之后删除。`] : []),
      ...reason(data.reason),
    ],
    todo: data.emergency
      ? say`请处理：若程序报错 InvalidAccessKeyId.Inactive，请让它重新读取凭据。请勿重新启用该密钥。`
      : say`请处理：若程序报错 InvalidAccessKeyId.Inactive，请让它重新读取凭据。如需较长时间，可先重新启用该密钥。`,
  }),
  'keyturn.accesskey.deleted': ({ data }) => ({
    tone: 'info',
    title: say`${data.user} 的旧 AccessKey 已删除`,
    lines: [say`账号 ${data.account}：密钥 ${shortKey(data.keyId)} 已删除。`, ...reason(data.reason)],
    todo: say`请处理：无需操作。如仍需要，RAM 回收站会保留 30 天。`,
  }),
  'keyturn.accesskey.blocked': ({ data }) => ({
    tone: 'warning',
    title: say`${data.user} 的轮转受阻`,
    lines: [say`账号 ${data.account}，${data.reason}：${data.message}`, ...keys(data.keyIds)],
    todo: say`请处理：排除原因即可，下次运行会自动继续。`,
  }),
  'keyturn.accesskey.contained': ({ data }) => ({
    tone: 'alarm',
    title: say`${data.user} 的 AccessKey 已紧急禁用`,
    lines: [say`账号 ${data.account}：未签发新密钥。`, ...keys(data.keyIds), ...reason(data.reason)],
    todo: say`请处理：在操作审计（ActionTrail）中检查这些密钥是否被滥用。有空位时，下次运行会签发新密钥。`,
  }),
  'keyturn.leak.found': ({ data }) => ({
    tone: 'alarm',
    title: data.exempt
      ? say`${data.user} 的 AccessKey 已泄露，该用户在豁免名单中`
      : say`${data.user} 的 AccessKey 已泄露，keyturn 未禁用它`,
    lines: [
      say`账号 ${data.account}：密钥 ${shortKey(data.keyId)} 出现在公开代码中。`,
      ...places(data),
      say`原因 ${data.reason}：${data.message}`,
    ],
    todo: say`请处理：立即禁用该密钥，在操作审计（ActionTrail）中检查是否被滥用，并在云安全中心将该泄露记录标记为已处理。`,
  }),
  'keyturn.leak.contained': ({ data }) => ({
    tone: 'alarm',
    title: say`${data.user} 泄露的 AccessKey 已禁用`,
    lines: [
      say`账号 ${data.account}：密钥 ${shortKey(data.keyId)} 出现在公开代码中，现已失效。`,
      ...places(data),
    ],
    todo: say`请处理：在操作审计（ActionTrail）中检查该密钥是否被滥用，从代码中删除它，并为 ${data.user} 的程序换用其他密钥。请勿重新启用该密钥。`,
  }),
  'keyturn.leak.replaced': ({ data }) => ({
    tone: 'alarm',
    title: say`${data.user} 泄露的 AccessKey 已更换`,
    lines: [
      say`账号 ${data.account}：密钥 ${shortKey(data.keyId)} 出现在公开代码中，现已失效。`,
      say`新密钥 ${shortKey(data.newKeyId)} 已存入凭据 ${data.secretName}。`,
      ...places(data),
    ],
    todo: say`请处理：在操作审计（ActionTrail）中检查泄露的密钥是否被滥用，并从代码中删除它。`,
  }),
  'keyturn.inactive.warning': (fact) => ({
    tone: 'warning',
    title: say`${fact.data.user} 即将因长期未活动被禁用`,
    lines: [
      inactive(fact.data),
      ...keys(fact.data.keyIds),
      say`将在 ${daysUntil(fact.data.disabledFrom, fact)} 天后（${shortTime(fact.data.disabledFrom)} 起）禁用。`,
    ],
    todo: say`请处理：如仍需要，请在此之前使用它，或添加豁免并写明理由。`,
  }),
  'keyturn.inactive.disabled': ({ data }) => ({
    tone: 'warning',
    title: say`${data.user} 因长期未活动已禁用`,
    lines: [
      inactive(data),
      ...keys(data.keyIds),
      ...(data.deletedFrom ? [say`将于 ${shortTime(data.deletedFrom)} 之后删除。`] : []),
    ],
    todo: say`请处理：如不再需要，无需操作。否则请用 keyturn 命令行恢复，并添加豁免。`,
  }),
  'keyturn.inactive.deleted': ({ data }) => ({
    tone: 'warning',
    title: say`${data.user} 因长期未活动已删除`,
    lines: [inactive(data), ...keys(data.keyIds)],
    todo: say`请处理：无需操作。已删除的密钥在 RAM 回收站中保留 30 天。`,
  }),
  'keyturn.run.failed': ({ data }) => ({
    tone: 'alarm',
    title: say`keyturn：${data.function} 运行失败`,
    lines: [
      say`账号 ${data.account}，请求 ${data.requestId}：${data.reason}`,
      ...data.failures
        .slice(0, LISTED)
        .map(({ user, error }) => (user ? say`用户 ${user}：${error}` : say`错误：${error}`)),
      ...(data.failures.length > LISTED ? [say`另有 ${data.failures.length - LISTED} 项`] : []),
    ],
    todo: say`请处理：在函数日志中查看本次运行的报告。下次运行会重试。`,
  }),
  'keyturn.run.halted': ({ data }) => ({
    tone: 'alarm',
    title: say`keyturn：${data.function} 运行已中止`,
    lines: [
      say`账号 ${data.account}，请求 ${data.requestId}：${data.reason}`,
      ...(data.due !== undefined && data.limit !== undefined
        ? [say`本应禁用或删除 ${data.due} 个，上限为 ${data.limit}，因此均未执行。`]
        : []),
    ],
    todo: say`请处理：检查本次运行报告中的计划。如无误，请提高上限；如有误，请更正配置。`,
  }),
  'keyturn.test': ({ data }) => ({
    tone: 'info',
    title: say`keyturn：测试通知`,
    lines: [say`账号 ${data.account}：keyturn 的通知会发到这里。`],
    todo: say`请处理：无需操作。`,
  }),
};

function oldKey(keyId: string, { oldKeyDisabledFrom: from, emergency, rolledBack }: Rotated): Phrase {
  if (emergency) return say`紧急情况：旧密钥 ${shortKey(keyId)} 正在被禁用。`;
  if (rolledBack && !from)
    return say`当前密钥恢复为上次轮转前的密钥。较新的密钥 ${shortKey(keyId)} 保持不变，轮转已暂停。`;
  if (!from) return say`旧密钥 ${shortKey(keyId)} 不再使用后将被禁用。`;
  return say`旧密钥 ${shortKey(keyId)} 将于 ${shortTime(from)} 之后、不再使用时禁用。`;
}

const usedBy = (by: UsedBy | undefined): Phrase[] => [
  ...seen(by?.services, (what) => say`访问的云服务：${what}。`),
  ...seen(by?.addresses, (what) => say`来源地址：${what}。`),
  ...seen(by?.events, (what) => say`最近的调用：${what}。`),
];

type Rotated = FactData['keyturn.accesskey.rotated'];

function lastUse(keyId: string, { at, service }: LastUse): Phrase {
  if (!at) return say`旧密钥 ${shortKey(keyId)} 的最近使用时间未知，按仍在使用处理。`;
  if (!service) return say`旧密钥 ${shortKey(keyId)} 最近使用于 ${shortTime(at)}。`;
  return say`旧密钥 ${shortKey(keyId)} 最近使用于 ${shortTime(at)}，云服务 ${service}。`;
}

function inactive({
  account,
  keyId,
  lastActiveAt,
}: {
  account: string;
  keyId?: string;
  lastActiveAt?: string;
}): Phrase {
  const since = lastActiveAt ? shortTime(lastActiveAt) : undefined;
  if (keyId && since) return say`账号 ${account}：密钥 ${shortKey(keyId)} 最近活动于 ${since}。`;
  if (keyId) return say`账号 ${account}：密钥 ${shortKey(keyId)} 从未使用。`;
  if (since) return say`账号 ${account}：用户最近活动于 ${since}。`;
  return say`账号 ${account}：用户从未活动。`;
}

function places({ places, findings }: { places: Place[]; findings: number }): Phrase[] {
  const shown = places.slice(0, LISTED);
  const more = findings - shown.length;
  return [
    ...shown.map(({ repository, file, url, finding }) => {
      if (repository && file) return say`发现位置：${repository}，文件 ${file}（${url ?? finding}）。`;
      return url ? say`发现位置：${url}。` : say`云安全中心的泄露记录：${finding}。`;
    }),
    ...(more > 0 ? [say`另有 ${more} 处`] : []),
  ];
}

const keys = (keyIds: string[] = []) =>
  keyIds.length > 0 ? [say`密钥：${keyIds.map(shortKey).join('，')}`] : [];

const reason = (text: string | undefined) => (text ? [say`原因：${text}`] : []);

const many: Catalogue['many'] = {
  'keyturn.accesskey.rotated': {
    tone: 'info',
    title: (count) => say`已轮转 ${count} 个 AccessKey`,
    line: ({ data: { user, keyId, secretName, oldKeyId, oldKeyDisabledFrom } }) => {
      if (!oldKeyId) return say`• ${user}：首个密钥 ${shortKey(keyId)}，凭据 ${secretName}`;
      if (!oldKeyDisabledFrom)
        return say`• ${user}：${shortKey(oldKeyId)} 已由 ${shortKey(keyId)} 替换，凭据 ${secretName}`;
      return say`• ${user}：${shortKey(keyId)}，凭据 ${secretName}；旧密钥将于 ${shortTime(oldKeyDisabledFrom)} 之后禁用`;
    },
    todo: say`请处理：让这些用户的所有程序重新读取各自的凭据（版本状态 ACSCurrent）。`,
  },
  'keyturn.accesskey.stillused': {
    tone: 'warning',
    title: (count) => say`${count} 个旧 AccessKey 仍在使用`,
    line: ({ data }) =>
      data.lastUsed.at
        ? say`• ${data.user}：${shortKey(data.keyId)} 最近使用于 ${shortTime(data.lastUsed.at)}`
        : say`• ${data.user}：${shortKey(data.keyId)}，最近使用时间未知`,
    todo: say`请处理：找到仍用这些密钥签名的程序，让它们重新读取凭据。密钥停用一段时间后，keyturn 会将其禁用。`,
  },
  'keyturn.accesskey.disabled': {
    tone: 'info',
    title: (count) => say`已禁用 ${count} 个旧 AccessKey`,
    line: ({ data }) => say`• ${data.user}：${shortKey(data.keyId)}`,
    todo: say`请处理：若程序报错 InvalidAccessKeyId.Inactive，请让它重新读取凭据。如需较长时间，可先重新启用该密钥。`,
  },
  'keyturn.accesskey.deleted': {
    tone: 'info',
    title: (count) => say`已删除 ${count} 个旧 AccessKey`,
    line: ({ data }) => say`• ${data.user}：${shortKey(data.keyId)}`,
    todo: say`请处理：无需操作。如仍需要，RAM 回收站会保留 30 天。`,
  },
  'keyturn.accesskey.blocked': {
    tone: 'warning',
    title: (count) => say`${count} 个用户的轮转受阻`,
    line: ({ data }) => say`• ${data.user}，${data.reason}：${data.message}`,
    todo: say`请处理：排除原因即可，下次运行会自动继续。`,
  },
  'keyturn.accesskey.contained': {
    tone: 'alarm',
    title: (count) => say`${count} 个用户的 AccessKey 已紧急禁用`,
    line: ({ data }) => say`• ${data.user}：${data.keyIds.map(shortKey).join('，')}`,
    todo: say`请处理：在操作审计（ActionTrail）中检查这些密钥是否被滥用。有空位时，下次运行会签发新密钥。`,
  },
  'keyturn.leak.found': {
    tone: 'alarm',
    title: (count) => say`${count} 个 AccessKey 已泄露，keyturn 未禁用它们`,
    line: ({ data }) => say`• ${data.user}：${shortKey(data.keyId)}，${data.reason}`,
    todo: say`请处理：立即禁用这些密钥，在操作审计（ActionTrail）中检查是否被滥用，并在云安全中心将泄露记录标记为已处理。`,
  },
  'keyturn.leak.contained': {
    tone: 'alarm',
    title: (count) => say`已禁用 ${count} 个泄露的 AccessKey`,
    line: ({ data }) => say`• ${data.user}：${shortKey(data.keyId)}`,
    todo: say`请处理：在操作审计（ActionTrail）中检查这些密钥是否被滥用，从代码中删除它们，并为相关程序换用其他密钥。请勿重新启用这些密钥。`,
  },
  'keyturn.leak.replaced': {
    tone: 'alarm',
    title: (count) => say`已更换 ${count} 个泄露的 AccessKey`,
    line: ({ data }) =>
      say`• ${data.user}：${shortKey(data.keyId)} 已由 ${shortKey(data.newKeyId)} 替换，凭据 ${data.secretName}`,
    todo: say`请处理：在操作审计（ActionTrail）中检查泄露的密钥是否被滥用，并从代码中删除它们。`,
  },
  'keyturn.inactive.warning': {
    tone: 'warning',
    title: (count) => say`${count} 个用户或密钥即将因长期未活动被禁用`,
    line: ({ data }) => say`• ${subjectOf(data)}：${shortTime(data.disabledFrom)} 起禁用`,
    todo: say`请处理：如仍需要，请在此之前使用，或添加豁免并写明理由。`,
  },
  'keyturn.inactive.disabled': {
    tone: 'warning',
    title: (count) => say`${count} 个用户或密钥因长期未活动已禁用`,
    line: ({ data }) => say`• ${subjectOf(data)}`,
    todo: say`请处理：如不再需要，无需操作。否则请用 keyturn 命令行恢复，并添加豁免。`,
  },
  'keyturn.inactive.deleted': {
    tone: 'warning',
    title: (count) => say`${count} 个用户或密钥因长期未活动已删除`,
    line: ({ data }) => say`• ${subjectOf(data)}`,
    todo: say`请处理：无需操作。已删除的密钥在 RAM 回收站中保留 30 天。`,
  },
  'keyturn.run.failed': {
    tone: 'alarm',
    title: (count) => say`keyturn：${count} 次运行失败`,
    line: ({ data }) => say`• ${data.function}，请求 ${data.requestId}：${data.reason}`,
    todo: say`请处理：在函数日志中查看这些运行的报告。下次运行会重试。`,
  },
  'keyturn.run.halted': {
    tone: 'alarm',
    title: (count) => say`keyturn：${count} 次运行已中止`,
    line: ({ data }) => say`• ${data.function}，请求 ${data.requestId}：${data.reason}`,
    todo: say`请处理：检查这些运行报告中的计划。如无误，请提高上限；如有误，请更正配置。`,
  },
  'keyturn.test': {
    tone: 'info',
    title: (count) => say`keyturn：${count} 条测试通知`,
    line: ({ data }) => say`• 账号 ${data.account}`,
    todo: say`请处理：无需操作。`,
  },
};

const subjectOf = ({ user, keyId }: { user: string; keyId?: string }): string =>
  keyId ? `${user} ${shortKey(keyId)}` : user;

export const zhCN: Catalogue = {
  one,
  many,
  more: (left) => say`另有 ${left} 项：见本次运行的报告，或 keyturn status`,
  inAccount: (account) => say`账号 ${account}：`,
  inAccounts: (count) => say`共 ${count} 个账号：`,
};
