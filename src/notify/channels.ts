import { addressOf, type Channel as ChannelConfig } from '../config/schema';
import { type Channel, type ChannelDeps, type ChannelRef, type ChannelValues, channelRef } from './channel';
import { dingtalkChannel } from './dingtalk';
import { feishuChannel } from './feishu';
import { functionChannel } from './function';
import { hasValues, readValues } from './kms-values';
import { slackChannel } from './slack';
import { webhookChannel } from './webhook';
import { wecomChannel } from './wecom';

export function createChannel(config: ChannelConfig, position: number, deps: ChannelDeps): Channel {
  const ref = channelRef(config.type, addressOf(config), position);
  if (hasValues(config)) return open(config, ref, deps);
  let opened: Promise<Channel> | undefined;
  return {
    ...ref,
    async deliver(fact, signal) {
      opened ??= readValues(config, deps).then((values) => open(values, ref, deps));
      opened.catch(() => {
        opened = undefined;
      });
      return (await opened).deliver(fact, signal);
    },
  };
}

function open(config: ChannelValues, ref: ChannelRef, deps: ChannelDeps): Channel {
  switch (config.type) {
    case 'webhook':
      return webhookChannel(config, ref, deps);
    case 'dingtalk':
      return dingtalkChannel(config, ref, deps);
    case 'feishu':
      return feishuChannel(config, ref, deps);
    case 'wecom':
      return wecomChannel(config, ref, deps);
    case 'slack':
      return slackChannel(config, ref, deps);
    case 'function':
      return functionChannel(config, ref, deps);
  }
}
