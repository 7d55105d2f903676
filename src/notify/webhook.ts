import { createHmac } from 'node:crypto';
import { isoSeconds } from '../base/time';
import { revealSecret, type Secret } from '../cloud/secret';
import type { ChannelDeps, ConfigOf, Deliver } from './channel';
import { eventsJson } from './cloud-event';
import { isTaken, post, statusError } from './post';

/**
 * Posts the CloudEvent in structured mode, or a batch of them (CloudEvents 1.0, HTTP protocol binding, sections 3.2 and
 * 3.3), and signs the body. Any 2xx is delivered.
 */
export function webhook(
  { url, secret, allowPrivate, batch }: ConfigOf<'webhook'>,
  deps: ChannelDeps,
): Deliver {
  return (facts, signal) => {
    const body = eventsJson(facts, batch);
    const request = {
      url: new URL(url),
      allowPrivate,
      contentType: `application/cloudevents${batch ? '-batch' : ''}+json; charset=utf-8`,
      headers: signatures(body, isoSeconds(deps.clock.now()), secret),
      body,
    };
    return post(request, deps.resolve, signal, ({ status, retryAfterMs }) => {
      if (isTaken(status)) return `answered ${status}`;
      throw statusError(status, undefined, retryAfterMs);
    });
  };
}

/**
 * The first signature is over the body alone; the second one also over the time of sending, so that a receiver that
 * verifies it can refuse what somebody recorded and sends again.
 */
const signatures = (body: string, sentAt: string, secret: Secret) => ({
  'x-keyturn-signature': signature(body, secret),
  'x-keyturn-time': sentAt,
  'x-keyturn-time-signature': signature(`${sentAt}.${body}`, secret),
});

const signature = (text: string, secret: Secret): string =>
  `sha256=${createHmac('sha256', revealSecret(secret)).update(text).digest('hex')}`;
