import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import type { ErrorCode, Outcome } from '../../shared/errors.ts';
import type { Replacement, RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { Rung, RungId } from '../../shared/host/host.ts';
import type { SupervisorLimits } from '../../shared/host/policy.ts';
import { createSupervisor } from '../../shared/host/supervisor.ts';
import { type FakeAct, type FakeHost, type FakeScript, fakeRung } from './fake-host.ts';
import { createVirtualClock } from './virtual-clock.ts';

export const LIMITS: SupervisorLimits = {
  startDeadlineMs: 1000,
  runDeadlineMs: (batch) => 100 * batch.windows.length,
  abortGraceMs: 50,
  backoffMs: [200, 800],
  maxDeathsInARow: 100,
};

const idOf = (window: { samples: Float32Array }) => window.samples[0] ?? -1;
export const idsOf = (batch: EngineBatch) => batch.windows.map(idOf);
const batchOf = (ids: readonly number[]): EngineBatch => ({
  windows: ids.map((id) => ({ samples: Float32Array.of(id) })),
  options: { task: 'transcribe' },
});

/** `id` for a reading of the right window, else the error's code. */
function shown(outcomes: readonly Outcome<WindowReading>[]): (number | ErrorCode)[] {
  return outcomes.map((outcome) => (outcome.ok ? (outcome.value.tokens[0] ?? -1) : outcome.error.code));
}

export type Scripts = readonly FakeScript[] | ((nth: number) => FakeScript);

/** A supervisor over fakes, with all that it did: one entry a run that reached a host. `hear` may act on states. */
export function world(
  rungs: readonly (readonly [RungId, Scripts])[],
  limits: Partial<SupervisorLimits> = {},
  hear: (state: SupervisorState) => void = () => {},
  spares: 0 | 1 = 0,
) {
  const clock = createVirtualClock();
  const runs: { rung: RungId; ids: number[]; end: 'open' | 'read' | 'killed' | ErrorCode }[] = [];
  const hosts: FakeHost[] = [];
  const startedAt: number[] = [];
  const states: string[] = [];
  const changes: RungChange[] = [];
  const replacements: Replacement[] = [];
  /** kept rather than thrown: the supervisor would take what a host throws for an engine's failure */
  const violations: string[] = [];

  function watched(id: RungId, scripts: Scripts): Rung {
    const fakes = fakeRung(id, clock, scripts);
    return {
      id,
      create() {
        if (hosts.filter((host) => host.alive).length > spares) violations.push('a host too many at once');
        fakes.create();
        const host = fakes.hosts.at(-1) as FakeHost;
        hosts.push(host);
        startedAt.push(clock.now());
        let run: (typeof runs)[number] | undefined;
        return {
          start: (onProgress) => host.start(onProgress),
          exited: host.exited,
          kill() {
            // It reads no more, even where the place takes its time to be gone.
            if (run?.end === 'open') run.end = 'killed';
            host.kill();
          },
          reached: () => host.reached?.() ?? true,
          memoryBytes: () => host.memoryBytes?.(),
          async run(batch, signal) {
            if (runs.some((run) => run.end === 'open')) violations.push('two runs at once');
            const begun: (typeof runs)[number] = { rung: id, ids: idsOf(batch), end: 'open' };
            run = begun;
            runs.push(begun);
            try {
              const readings = await host.run(batch, signal);
              begun.end = 'read';
              return readings;
            } catch (thrown) {
              begun.end = (thrown as { code: ErrorCode }).code;
              throw thrown;
            }
          },
        };
      },
    };
  }

  const supervisor = createSupervisor({
    rungs: rungs.map(([id, scripts]) => watched(id, scripts)),
    limits: { ...LIMITS, ...limits },
    spares,
    clock,
    onState(state: SupervisorState) {
      states.push('rung' in state ? `${state.name} ${state.rung}` : state.name);
      hear(state);
    },
    onChange: (change) => changes.push(change),
    onReplaced: (replacement) => replacements.push(replacement),
  });

  return {
    clock,
    supervisor,
    runs,
    hosts,
    startedAt,
    states,
    changes,
    replacements,
    violations,
    get read() {
      return runs.map((run) => run.ids);
    },
    /** Runs windows by id; `result` is set when it has settled. */
    run(...ids: number[]) {
      const controller = new AbortController();
      const running = {
        result: undefined as (number | ErrorCode)[] | undefined,
        abort: () => controller.abort(),
      };
      void supervisor.run(batchOf(ids), controller.signal).then((outcomes) => {
        running.result = shown(outcomes);
      });
      return running;
    },
    ready(signal?: AbortSignal) {
      const waiting = { result: undefined as string | undefined };
      supervisor.ready(signal).then(
        (info) => {
          waiting.result = info.model;
        },
        (error: { code: string }) => {
          waiting.result = error.code;
        },
      );
      return waiting;
    },
  };
}

/** Runs in which each window named dies, the others are read. */
export const killedBy =
  (...poison: number[]) =>
  (batch: EngineBatch): FakeAct =>
    idsOf(batch).some((id) => poison.includes(id))
      ? { do: 'exit', code: 'device_lost', ms: 10 }
      : { do: 'succeed', ms: 10 };
