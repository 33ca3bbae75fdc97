import type { TranscriberStatus } from '../../client/transcriber.ts';

/** What the model is to the page: `working` may not be deleted. */
export type ModelStanding = 'none' | 'in-use' | 'working';

export function standingOf(
  id: string,
  { model, working, engine }: Pick<TranscriberStatus, 'model' | 'working' | 'engine'>,
): ModelStanding {
  if (working.includes(id)) return 'working';
  if (id !== model) return 'none';
  return engine.name === 'loading' || engine.name === 'restarting' ? 'working' : 'in-use';
}
