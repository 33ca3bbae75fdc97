/** What the page cannot know when it is built; the server says it at /app-config.json. */
export interface AppConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
}

/** Throws when the server does not answer as it should. */
export async function fetchAppConfig(): Promise<AppConfig> {
  const response = await fetch('/app-config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`/app-config.json answered ${response.status}`);
  const answer: unknown = await response.json();
  if (!isAppConfig(answer)) throw new Error('/app-config.json has no hub');
  return answer;
}

function isAppConfig(answer: unknown): answer is AppConfig {
  return typeof answer === 'object' && answer !== null && 'hub' in answer && typeof answer.hub === 'string';
}
