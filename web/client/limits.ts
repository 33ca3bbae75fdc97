import type { EngineBatch, EngineInfo } from '../../shared/asr/engine.ts';
import type { SupervisorLimits } from '../../shared/host/supervisor.ts';
import type { AdmissionLimits } from '../../shared/queue/port.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * Every wait on the page has a bound. Deadlines are for engines that hang, not for slow ones: software WebGPU
 * takes half a minute for a first window, and a phone may take as long for a big model.
 */
export const LIMITS: { readonly admission: AdmissionLimits; readonly engine: SupervisorLimits } = {
  admission: { maxActive: 1, maxLive: 1, maxWaiting: 100, maxWaitMs: undefined },
  engine: {
    startDeadlineMs: 5 * MINUTE,
    runDeadlineMs: (batch: EngineBatch, _info: EngineInfo) => 3 * MINUTE * batch.windows.length,
    backoffMs: [0, 1 * SECOND, 4 * SECOND],
    abortGraceMs: 2 * SECOND,
  },
};
