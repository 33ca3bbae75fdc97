import { DEFAULT_LIMITS, type SupervisorLimits } from '../../shared/host/policy.ts';
import type { AdmissionLimits } from '../../shared/queue/port.ts';

/**
 * Every wait on the page has a bound. The engine's deadlines are for engines that hang, not for slow ones: software
 * WebGPU takes half a minute for a first window. A file may wait as long as its forerunners take: the person who
 * put it there sees its place and can take it out. Two may be listened to at once: who speaks here, and a call's others.
 */
export const LIMITS: {
  readonly admission: AdmissionLimits;
  readonly engine: SupervisorLimits;
  /** speech that may wait for its text, in seconds: ten minutes, 38 MB */
  readonly unreadSeconds: number;
} = {
  admission: { maxActive: 1, maxLive: 2, maxWaiting: 100, maxWaitMs: undefined },
  engine: DEFAULT_LIMITS,
  unreadSeconds: 600,
};
