import type { Channel as ChannelConfig } from '../config/schema';
import type { Channel, ChannelDeps } from './channel';
import { dingtalkChannel } from './dingtalk';
import { feishuChannel } from './feishu';
import { functionChannel } from './function';
import { slackChannel } from './slack';
import { webhookChannel } from './webhook';
import { wecomChannel } from './wecom';

export function createChannel(config: ChannelConfig, position: number, deps: ChannelDeps): Channel {
  switch (config.type) {
    case 'webhook':
      return webhookChannel(config, position, deps);
    case 'dingtalk':
      return dingtalkChannel(config, position, deps);
    case 'feishu':
      return feishuChannel(config, position, deps);
    case 'wecom':
      return wecomChannel(config, position, deps);
    case 'slack':
      return slackChannel(config, position, deps);
    case 'function':
      return functionChannel(config, position, deps);
  }
}
