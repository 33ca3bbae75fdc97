/** What a page cannot know when it is built; the site's server says it at /app-config.json. */
export interface SiteConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** it reads sound too, for visitors who agree */
  readonly server?: ServerConfig;
  /** it would, but not for pages of this origin */
  readonly refused?: true;
}

export interface ServerConfig {
  /** it takes windows of sound at /v1/windows */
  readonly windows: true;
  /** catalogue ids of the models it reads with; undefined: any it may have, it says so itself */
  readonly models?: readonly string[];
  /** where that is, if not where the page comes from */
  readonly origin?: string;
}

/** `site`: its address, with a slash at its end. Throws when it does not answer as it should, in time. */
export async function fetchSiteConfig(site: string): Promise<SiteConfig> {
  const address = new URL('app-config.json', site).href;
  const response = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(TOO_LONG_MS) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const config = siteConfigOf(await response.json());
  if (config === undefined) throw new Error(`${address} has no hub`);
  return config;
}

const TOO_LONG_MS = 10_000;

type Said = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Said => typeof value === 'object' && value !== null;

/** Undefined where it is none. */
export function siteConfigOf(said: unknown): SiteConfig | undefined {
  if (!isRecord(said) || typeof said.hub !== 'string') return undefined;
  const server = serverOf(said.server);
  const refused = isRecord(said.server) && said.server.refused === 'origin_refused';
  return {
    hub: said.hub,
    ...(server === undefined ? {} : { server }),
    ...(refused ? { refused: true } : {}),
  };
}

/** Undefined where it offers nothing, or says it in a way this page does not know. */
export function serverOf(said: unknown): ServerConfig | undefined {
  if (!isRecord(said) || said.windows !== true) return undefined;
  const named = typeof said.model === 'string' ? [said.model] : said.models;
  const models =
    Array.isArray(named) && named.every((id): id is string => typeof id === 'string') ? named : undefined;
  return {
    windows: true,
    ...(models === undefined ? {} : { models }),
    ...(typeof said.origin === 'string' ? { origin: said.origin } : {}),
  };
}
