import type { ProbeAnswer } from '../../shared/protocol/engine-process.ts';
import type { DeviceProbe } from '../service/port.ts';
import { exitReason, kernelOomKills } from './exit-reason.ts';
import { forkEntry, onEnd, tailOf } from './fork.ts';

export type ServerDevice = DeviceProbe['device'];

/** Best first. */
export const DEVICES: readonly ServerDevice[] = ['cuda', 'webgpu', 'cpu'];

export interface ProbeOptions {
  /** the first that works, or this one and no other */
  readonly device: 'auto' | ServerDevice;
  readonly softwareGpu: 'refuse' | 'allow';
  /** longest probe of one device; milliseconds */
  readonly limitMs: number;
  /** asks one device; in a child process unless a test says otherwise */
  readonly ask?: (device: ServerDevice, limitMs: number) => Promise<ProbeAnswer>;
}

/** Every device in order, with what became of it; at most one is `chosen`. */
export async function probeDevices(options: ProbeOptions): Promise<readonly DeviceProbe[]> {
  const { device: wanted, softwareGpu, limitMs, ask = askInChild } = options;
  const probes: DeviceProbe[] = [];
  let chosen: ServerDevice | undefined;
  for (const device of DEVICES) {
    if (wanted !== 'auto' && wanted !== device) {
      probes.push({ device, outcome: 'not-tried', detail: `${wanted} was asked for` });
    } else if (chosen !== undefined) {
      probes.push({ device, outcome: 'not-tried', detail: `${chosen} works` });
    } else {
      const probe = judge(device, await ask(device, limitMs), softwareGpu);
      probes.push(probe);
      if (probe.outcome === 'chosen') chosen = device;
    }
  }
  return probes;
}

function judge(
  device: ServerDevice,
  { error, software }: ProbeAnswer,
  softwareGpu: ProbeOptions['softwareGpu'],
): DeviceProbe {
  if (error !== undefined) return { device, outcome: 'unavailable', detail: shortened(error) };
  if (software !== undefined && softwareGpu === 'refuse') {
    return { device, outcome: 'unavailable', detail: `software adapter (${software})` };
  }
  return { device, outcome: 'chosen', ...(software === undefined ? {} : { detail: software }) };
}

/** onnxruntime puts its source file, function and condition before what it has to say. */
const PREAMBLE = /^.*(?: was false\. |\[ONNXRuntimeError\] : \d+ : \w+ : )/s;
const DETAIL_CHARS = 300;

export const shortened = (error: string): string => error.replace(PREAMBLE, '').trim().slice(0, DETAIL_CHARS);

/** In a process of its own: a provider that cannot load may take the process with it, which is an answer too. */
export function askInChild(device: ServerDevice, limitMs: number): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const kills = kernelOomKills();
    const child = forkEntry('probe-main');
    const stderr = tailOf(child);
    let late = false;
    let answered: ProbeAnswer | undefined;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.once('message', (answer: ProbeAnswer) => {
      answered = answer;
    });
    // Only once it is gone: two processes at one device would not be a fair probe.
    onEnd(child, (end) => {
      clearTimeout(timer);
      if (answered !== undefined) return resolve(answered);
      const why = exitReason(end, stderr.text(), { before: kills, after: kernelOomKills() });
      const error = late ? `no answer within ${limitMs} ms` : (why.detail ?? why.code);
      resolve({ error: `the probe ended without an answer: ${error}`, software: undefined });
    });
    child.send(device, () => undefined);
  });
}
