import { addressOf, type Channel as ChannelConfig } from '../config/schema';
import { type Channel, type ChannelDeps, type ChannelValues, channelRef, type Deliver } from './channel';
import { dingtalk } from './dingtalk';
import { feishu } from './feishu';
import { invokeFunction } from './function';
import { hasValues, readValues } from './kms-values';
import type { Packing } from './parcel';
import type { RateLimit } from './send-rate';
import { slack } from './slack';
import { webhook } from './webhook';
import { wecom } from './wecom';

/** What each vendor documents for one robot. Feishu: 100 a minute and five a second; Slack: one a second. */
const vendorLimits: Record<ChannelConfig['type'], RateLimit> = {
  dingtalk: { perMinute: 20 },
  feishu: { perMinute: 100, perSecond: 5 },
  wecom: { perMinute: 20 },
  slack: { perMinute: 60, perSecond: 1 },
  webhook: {},
  function: {},
};

/** An asynchronous invocation of a function takes 128 KB. */
const batch: Packing = { kind: 'batch', most: 100, mostBytes: 100_000 };

const defaultDigestAbove = 5;

export function createChannel(config: ChannelConfig, position: number, deps: ChannelDeps): Channel {
  const { type, perMinute } = config;
  const packing = packingOf(config);
  return {
    ...channelRef(type, addressOf(config), position),
    packing,
    limit: { ...vendorLimits[type], ...(perMinute && { perMinute }) },
    // Robots show messages in the order in which they come.
    atOnce: packing.kind === 'digest' ? 1 : 16,
    deliver: hasValues(config) ? open(config, deps) : openedLater(config, deps),
  };
}

function packingOf(config: ChannelConfig): Packing {
  switch (config.type) {
    case 'webhook':
    case 'function':
      return config.batch ? batch : { kind: 'single' };
    default:
      return { kind: 'digest', above: config.digestAbove ?? defaultDigestAbove };
  }
}

/** Reads what lies in KMS when there is something to tell, once for a run. */
function openedLater(config: ChannelConfig, deps: ChannelDeps): Deliver {
  let opened: Promise<Deliver> | undefined;
  return async (facts, signal) => {
    opened ??= readValues(config, deps).then((values) => open(values, deps));
    opened.catch(() => {
      opened = undefined;
    });
    const deliver = await opened;
    return deliver(facts, signal);
  };
}

function open(config: ChannelValues, deps: ChannelDeps): Deliver {
  switch (config.type) {
    case 'webhook':
      return webhook(config, deps);
    case 'dingtalk':
      return dingtalk(config, deps);
    case 'feishu':
      return feishu(config, deps);
    case 'wecom':
      return wecom(config, deps);
    case 'slack':
      return slack(config, deps);
    case 'function':
      return invokeFunction(config, deps);
  }
}
