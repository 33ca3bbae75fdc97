/** What the page cannot know when it is built; the server says it at /app-config.json. */
export interface AppConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** it reads sound too, for visitors who agree */
  readonly server?: ServerConfig;
}

export interface ServerConfig {
  /** it takes windows of sound at /v1/windows */
  readonly windows: true;
  /** catalogue ids of the models it reads with; undefined: any it may have, it says so itself */
  readonly models?: readonly string[];
  /** where that is, if not where the page comes from */
  readonly origin?: string;
}

/** Throws when the server does not answer as it should. */
export async function fetchAppConfig(): Promise<AppConfig> {
  const response = await fetch('/app-config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`/app-config.json answered ${response.status}`);
  const answer: unknown = await response.json();
  if (!isRecord(answer) || typeof answer.hub !== 'string') throw new Error('/app-config.json has no hub');
  const server = serverOf(answer.server);
  return { hub: answer.hub, ...(server === undefined ? {} : { server }) };
}

type Said = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Said => typeof value === 'object' && value !== null;

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
