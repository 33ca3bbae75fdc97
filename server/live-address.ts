/** How other machines reach what listens here. */
import { networkInterfaces } from 'node:os';

/** `0.0.0.0` is no address to go to: the first one of this machine that is not its own alone. */
export function liveAddress(host: string, port: number, interfaces = networkInterfaces()): string {
  const any = host === '0.0.0.0' || host === '::';
  const outer = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  const name = any ? (outer?.address ?? '127.0.0.1') : host;
  return `ws://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
