import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { DeliveryError } from './delivery-error';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true });

const IPV4_COMPATIBLE = ipaddr.parseCIDR('::/96');

/** Loopback as it is written in a URL. A name that merely resolves to it does not count. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true;
  const address = unbracketed(host);
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/**
 * Throws where a notice must not go to this URL: anything but https (loopback excepted), and, unless
 * `allowPrivate`, literal addresses that are not public.
 */
export function assertMayCall(url: URL, allowPrivate: boolean): void {
  const loopback = isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw refused('its URL is not https');
  }
  const literal = unbracketed(url.hostname);
  if (!allowPrivate && !loopback && ipaddr.isValid(literal) && !isPublic(literal)) throw notPublic();
}

/**
 * A `lookup` for a socket that fails where any address of the host may not be called. The socket connects to the
 * very addresses that were checked, so a name that changes its mind between check and use gains nothing.
 */
export function guardedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (host, options, callback) => {
    resolve(host)
      .then((addresses) => {
        const may = host === 'localhost' ? isLoopbackHost : isPublic;
        if (!allowPrivate && !addresses.every(({ address }) => may(address))) throw notPublic();
        return answer(addresses, options);
      })
      .then(
        (addresses) => {
          const [first] = addresses;
          if (first === undefined)
            callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
          else if (options.all) callback(null, addresses);
          else callback(null, first.address, first.family);
        },
        (error) => callback(error, []),
      );
  };
}

function answer(addresses: LookupAddress[], { family }: LookupOptions): LookupAddress[] {
  return family === 4 || family === 6 ? addresses.filter((address) => address.family === family) : addresses;
}

/** Public unicast only: not private, link-local, unique-local, shared (100.64/10), reserved, nor a tunnel to such. */
function isPublic(literal: string): boolean {
  if (!ipaddr.isValid(literal)) return false;
  const address = ipaddr.process(literal);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || !address.match(IPV4_COMPATIBLE);
}

const unbracketed = (host: string) => host.replace(/^\[|\]$/g, '');

const notPublic = () => refused('its host is a private, link-local or reserved address (see allowPrivate)');

const refused = (why: string) => new DeliveryError(`not sent: ${why}`, { retryable: false });
