/**
 * Erlang's formulas for c servers, Poisson arrivals and exponential service (M/M/c).
 * Source: A. K. Erlang 1917; as in R. B. Cooper, *Introduction to Queueing Theory*, 2nd ed. 1981, chapter 3.
 * `load` is in erlangs: arrivals a second times mean seconds of service.
 */

/**
 * Erlang B: the share of arrivals that find all servers busy, where those are lost. By the recursion
 * B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)): every term lies in [0, 1], so no factorial or power overflows.
 */
export function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n += 1) blocked = nextB(blocked, n, load);
  return blocked;
}

const nextB = (before: number, n: number, load: number): number => (load * before) / (n + load * before);

/** Erlang C: the share of arrivals that wait; 1 where the servers cannot keep up. */
export function erlangC(servers: number, load: number): number {
  return load >= servers ? 1 : waitsFrom(erlangB(servers, load), servers, load);
}

const waitsFrom = (blocked: number, servers: number, load: number): number =>
  blocked / (1 - (load / servers) * (1 - blocked));

/** What an M/M/c queue does: `service` is the mean time of one, in seconds. */
export interface Queue {
  readonly servers: number;
  readonly load: number;
  readonly service: number;
}

/** P(wait > t), first come first served: C e^(-(c-a)t/S). */
export function waitBeyond({ servers, load, service }: Queue, seconds: number): number {
  if (load >= servers) return 1;
  return erlangC(servers, load) * Math.exp((-(servers - load) * seconds) / service);
}

/** The wait that the given share of arrivals does not exceed, in seconds; Infinity where they never catch up. */
export function waitQuantile({ servers, load, service }: Queue, share: number): number {
  if (load >= servers) return Number.POSITIVE_INFINITY;
  return quantileFrom(erlangC(servers, load), { servers, load, service }, share);
}

const quantileFrom = (waiting: number, { servers, load, service }: Queue, share: number): number =>
  Math.max(0, (Math.log(waiting / (1 - share)) * service) / (servers - load));

/** Mean wait of all arrivals, in seconds. */
export function waitMean({ servers, load, service }: Queue): number {
  return load >= servers ? Number.POSITIVE_INFINITY : (erlangC(servers, load) * service) / (servers - load);
}

/** The fewest servers by which `share` of the arrivals wait for `seconds` at most. One pass of the recursion. */
export function fewestServers(
  { load, service }: Omit<Queue, 'servers'>,
  { share, seconds }: { readonly share: number; readonly seconds: number },
): number {
  let blocked = 1;
  for (let servers = 1; ; servers += 1) {
    blocked = nextB(blocked, servers, load);
    if (servers <= load) continue;
    const waiting = waitsFrom(blocked, servers, load);
    if (quantileFrom(waiting, { servers, load, service }, share) <= seconds) return servers;
  }
}
