/** A pool without engines: one model, which is there unless `refuse` throws. */
import type { EnginePool } from '../../server/pool/port.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';

export function fakePool(info: EngineInfo, refuse: () => void): Pick<EnginePool, 'claimSession' | 'lanes'> {
  return {
    lanes: () => info.lanes,
    claimSession(model) {
      if (model !== info.model) throw new SottoError('model_unknown', model);
      return {
        async ready() {
          refuse();
          return info;
        },
        begin: () => true,
        end: () => undefined,
        etaMs: (placeMs) => placeMs,
        leave: () => undefined,
      };
    },
  };
}
