import type { Clock } from '../base/clock';
import type { Channel as ChannelConfig } from '../config/schema';
import type { Resolve } from './address';
import type { Channel } from './channel';
import { dingtalkChannel } from './dingtalk';
import { feishuChannel } from './feishu';
import { type FunctionCalls, functionChannel } from './function';
import type { Locale } from './message';
import { slackChannel } from './slack';
import { webhookChannel } from './webhook';
import { wecomChannel } from './wecom';

export type ConfigOf<T extends ChannelConfig['type']> = Extract<ChannelConfig, { type: T }>;

/** What channels need besides their configuration. */
export interface ChannelDeps {
  clock: Clock;
  locale: Locale;
  resolve: Resolve;
  functions?: FunctionCalls;
}

export function createChannel(config: ChannelConfig, position: number, means: ChannelDeps): Channel {
  switch (config.type) {
    case 'webhook':
      return webhookChannel(config, position, means);
    case 'dingtalk':
      return dingtalkChannel(config, position, means);
    case 'feishu':
      return feishuChannel(config, position, means);
    case 'wecom':
      return wecomChannel(config, position, means);
    case 'slack':
      return slackChannel(config, position, means);
    case 'function':
      return functionChannel(config, position, means);
  }
}
