/** Which addresses this server may be sent to: those of the public internet. */
import ipaddr from 'ipaddr.js';
import { SottoError } from '../../shared/errors.ts';

/** RFC 4291: all global unicast addresses that were ever given out. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** An IPv4 or IPv6 address, without brackets. What is not one is not public. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // Also the IPv4 address within an IPv6 one (::ffff:0:0/96).
  const parsed = ipaddr.process(address);
  // Everything with a range of its own is special: private, loopback, link-local, multicast, CGNAT, 6to4, NAT64, …
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST);
}

/** Throws `address_refused`: not http(s), with a name and password in it, or by number and not public. */
export function checkUrl(text: string, allowPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new SottoError('address_refused', 'it must begin with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw new SottoError('address_refused', 'it must not hold a name and password');
  }
  const host = hostOf(url);
  if (!allowPrivate && ipaddr.isValid(host) && !isPublic(host)) throw new SottoError('address_refused');
  return url;
}

/** IPv6 addresses without their brackets. */
export const hostOf = ({ hostname }: Pick<URL, 'hostname'>): string => hostname.replace(/^\[|\]$/g, '');
