import { msg, str } from '@lit/localize';
import type { RungId } from '../../../shared/host/host.ts';

export const placeWords = {
  where: () => msg('Where it computes', { id: 'place.where' }),
  device: () => msg('On this device', { id: 'place.device' }),
  server: () => msg('On the server of this site', { id: 'place.server' }),
  nothingLeaves: () => msg('Nothing leaves this device.', { id: 'place.nothing-leaves' }),
  soundLeaves: () => msg('The sound is sent to that server.', { id: 'place.sound-leaves' }),
  downloading: (model: string) => msg(str`Downloading ${model}`, { id: 'place.downloading' }),
  bytes: (loaded: string, total: string) => msg(str`${loaded} of ${total}`, { id: 'place.bytes' }),
  starting: (model: string) => msg(str`Starting ${model}…`, { id: 'place.starting' }),
  testing: (model: string) => msg(str`Checking ${model} with a short clip…`, { id: 'place.testing' }),
  restarting: () =>
    msg('The engine stopped and is being started again. Finished text is kept.', { id: 'place.restarting' }),
  notKept: () =>
    msg(
      'There is no room to keep the model on this device: it works now, and is downloaded again next time.',
      {
        id: 'place.not-kept',
      },
    ),
  failed: () => msg('The engine is not running', { id: 'place.failed' }),
  cancelDownload: () => msg('Cancel download', { id: 'place.cancel-download' }),
  noWebgpu: () =>
    msg('No WebGPU here, so it runs on the CPU (WASM): slower, the same text.', { id: 'place.no-webgpu' }),
  changed: (why: string, to: string) => msg(str`${why} Now it runs on ${to}.`, { id: 'place.changed' }),
  gaveUp: (why: string, from: string) =>
    msg(str`${why} ${from} was the last way to run it here.`, { id: 'place.gave-up' }),
};

const RUNGS: Readonly<Record<RungId, () => string>> = {
  webgpu: () => 'WebGPU',
  wasm: () => msg('CPU (WASM)', { id: 'place.rung-wasm' }),
  cpu: () => 'CPU',
  cuda: () => 'CUDA',
  server: () => msg('the server', { id: 'place.rung-server' }),
};

export function rungName(rung: RungId): string {
  return RUNGS[rung]();
}
