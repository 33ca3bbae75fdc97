/** The options of `sotto/server`: no environment, and what is wrong is said. */
import { describe, expect, it } from 'vitest';
import { StartError } from '../../server/config.ts';
import { configOf, type SottoOptions } from '../../server/package/options.ts';

describe('the options of a program', () => {
  it('take the place of the defaults, one by one', () => {
    const config = configOf({
      asr: { lanes: 4, engineGrowthMb: null },
      http: { corsOrigins: ['*'] },
      log: 'warn',
    });
    const plain = configOf();
    expect(config.asr).toEqual({ ...plain.asr, lanes: 4, engineGrowthMb: undefined });
    expect(config.http).toEqual({ ...plain.http, corsOrigins: ['*'] });
    expect([config.log, plain.log]).toEqual(['warn', 'silent']);
    expect(configOf({ asr: { lanes: undefined } })).toEqual(plain);
  });

  it('keep no jobs unless a folder is named', () => {
    expect(configOf().jobs.folder).toBeUndefined();
    expect(configOf({ jobs: { folder: '/var/lib/sotto' } }).jobs.folder).toBe('/var/lib/sotto');
  });

  it.each<[options: unknown, message: string]>([
    [{ asr: { lane: 4 } }, 'There is no option asr.lane.'],
    [{ asr: { lanes: '4' } }, 'The option asr.lanes must be a number.'],
    [{ models: '/nowhere/at/all' }, 'SOTTO_MODELS names a folder that does not exist: /nowhere/at/all'],
    [{ log: 'loud' }, 'SOTTO_LOG must be one of'],
  ])('refused: %j', (options, message) => {
    expect(() => configOf(options as SottoOptions)).toThrow(StartError);
    expect(() => configOf(options as SottoOptions)).toThrow(message);
  });

  it('may come with what Fastify gives a plugin', () => {
    const given: SottoOptions & { readonly prefix: string } = { prefix: '/speech' };
    expect(configOf(given)).toEqual(configOf());
  });
});
