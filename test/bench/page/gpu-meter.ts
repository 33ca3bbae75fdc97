import type { GpuHeld } from './api.ts';

/** Counts, from now on, the buffers that any GPUDevice of this worker makes and that are not destroyed. */
export function meterGpu(): () => GpuHeld {
  const held = new Map<GPUBuffer, number>();
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    held.set(buffer, descriptor.size);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
    held.delete(this);
    return destroy.call(this);
  };
  return () => ({ bytes: [...held.values()].reduce((sum, size) => sum + size, 0), buffers: held.size });
}
