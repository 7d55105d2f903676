import { createHmac } from 'node:crypto';
import { revealSecret, type Secret } from '../cloud/secret';
import { type Channel, type ChannelDeps, type ConfigOf, channelRef } from './channel';
import { toCloudEvent } from './cloud-event';
import { post } from './post';

/**
 * Posts the CloudEvent in structured mode (CloudEvents 1.0, HTTP protocol binding, section 3.2) and signs the
 * body: `x-keyturn-signature: sha256=<hex HMAC-SHA256 of the body under the secret>`. Any 2xx is delivered.
 */
export function webhookChannel(
  config: ConfigOf<'webhook'>,
  position: number,
  { resolve }: ChannelDeps,
): Channel {
  return {
    ...channelRef(config.type, config.url, position),
    deliver(fact, signal) {
      const body = JSON.stringify(toCloudEvent(fact));
      const request = {
        url: new URL(config.url),
        allowPrivate: config.allowPrivate,
        contentType: 'application/cloudevents+json; charset=utf-8',
        headers: { 'x-keyturn-signature': signature(body, config.secret) },
        body,
      };
      return post(request, resolve, signal, async ({ status }) => `answered ${status}`);
    },
  };
}

function signature(body: string, secret: Secret): string {
  return `sha256=${createHmac('sha256', revealSecret(secret)).update(body).digest('hex')}`;
}
