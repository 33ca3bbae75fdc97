/** What a load will take, before this model was ever loaded here: from its files, and from loads of others. */
import { chooseDtype, downloadBytes, type ModelEntry } from '../../shared/asr/catalogue.ts';
import { measure, type Pace, rate, UNMEASURED } from '../../shared/queue/estimate.ts';
import type { DeviceProbe } from '../service/port.ts';

const MIB = 2 ** 20;
/** A process with the runtime and little else: the demo model's holds 320 MiB on Linux, 10 of them its files. */
const PROCESS_BYTES = 300 * MIB;
/** The file, its sessions and what reading needs. */
const COPIES = 2.5;

export interface ModelNeeds {
  /** resident bytes of one engine */
  bytes(entry: ModelEntry): number;
  /** undefined before anything was loaded here */
  loadMs(entry: ModelEntry): number | undefined;
  loaded(entry: ModelEntry, ms: number): void;
}

export function createModelNeeds(device: DeviceProbe['device']): ModelNeeds {
  /** milliseconds a byte of a model's files, and of a process */
  let pace: Pace = UNMEASURED;
  const fileBytes = (entry: ModelEntry) => downloadBytes(entry, chooseDtype(entry, device, { fp16: false }));
  const work = (entry: ModelEntry) => PROCESS_BYTES + fileBytes(entry);
  return {
    bytes: (entry) => Math.round(PROCESS_BYTES + COPIES * fileBytes(entry)),
    loadMs(entry) {
      const each = rate(pace);
      return each === undefined ? undefined : each * work(entry);
    },
    loaded(entry, ms) {
      pace = measure(pace, ms, work(entry));
    },
  };
}
