import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Channel, Config } from '../config/schema';
import { KmsReference } from '../config/values';
import { assertMayCall, guardedLookup, type Resolve, systemResolve } from '../notify/address';
import type { ChannelDeps } from '../notify/channel';
import { DeliveryError } from '../notify/delivery-error';
import { readValues } from '../notify/kms-values';
import { unreachable } from '../notify/post';
import { failure, type Line, ok, warning } from './line';

const patienceMs = 10_000;

export interface ChannelAccess {
  readonly resolve?: Resolve;
  /** Reads what channels keep in KMS; without it those are not tried. */
  readonly readSecret?: ChannelDeps['readSecret'];
}

/** Opens a connection to every channel and closes it again. Nothing is sent. */
export async function channelLines(
  { notify, endpoints }: Config,
  { resolve = systemResolve, readSecret }: ChannelAccess = {},
): Promise<Line[]> {
  if (notify.length === 0) {
    return [
      warning(
        'channel',
        'No channel is configured: consumers hear of a new key only by reading its secret again.',
        'Name a channel under notify, unless every consumer reads its secret anew within rotation.grace.',
      ),
    ];
  }
  return Promise.all(
    notify.map(async (configured, index) => {
      const position = index + 1;
      const label = `${configured.type} #${position}`;
      try {
        const channel = readSecret ? await readValues(configured, { readSecret }) : configured;
        return await channelLine(channel, label, position, urlOf(channel, endpoints), resolve);
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        return failure('channel', `${label}: ${error.message}.`, unreadable(position));
      }
    }),
  );
}

const unreadable = (position: number): string =>
  `Correct notify[${position - 1}] or the secret, or run \`keyturn setup\`, which lets the functions read it.`;

async function channelLine(
  channel: Channel,
  label: string,
  position: number,
  url: URL | KmsReference,
  resolve: Resolve,
): Promise<Line> {
  const proof = `\`keyturn notify-test --channel ${position}\``;
  if (url instanceof KmsReference)
    return ok(
      'channel',
      `${label}: its URL is in the KMS secret ${url.secretName}; ${proof} reads and tries it.`,
    );
  const signal = AbortSignal.timeout(patienceMs);
  // Function Compute is called through its SDK, inside a VPC too.
  const allowPrivate = channel.type === 'function' || channel.allowPrivate;
  try {
    assertMayCall(url, allowPrivate);
    await connect(url, guardedLookup(resolve, allowPrivate), signal);
    const unproven =
      channel.type === 'function'
        ? 'That the function exists and may be called'
        : 'That it takes events, with this path and secret,';
    return ok('channel', `${label}: ${url.hostname} takes connections. ${unproven} only ${proof} proves.`);
  } catch (error) {
    const { message } = unreachable(error, signal);
    return failure(
      'channel',
      `${label}: ${url.hostname} cannot be reached from here: ${message}.`,
      `Correct notify[${position - 1}], or open the way to it; then try ${proof}.`,
    );
  }
}

/** Function Compute documentation, "Service endpoints". */
function urlOf(channel: Channel, { fc }: Config['endpoints']): URL | KmsReference {
  if (channel.type !== 'function')
    return channel.url instanceof KmsReference ? channel.url : new URL(channel.url);
  const { account, region } = channel.target;
  return new URL(fc ? `${fc.protocol}://${fc.host}` : `https://${account}.${region}.fc.aliyuncs.com`);
}

function connect(url: URL, lookup: net.LookupFunction, signal: AbortSignal): Promise<void> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const servername = net.isIP(host) ? '' : host;
  return new Promise((done, failed) => {
    const socket = secure
      ? tls.connect({ host, port, servername, lookup })
      : net.connect({ host, port, lookup });
    const giveUp = () => socket.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.destroy();
      done();
    });
    socket.once('error', failed);
    socket.once('close', () => signal.removeEventListener('abort', giveUp));
  });
}
