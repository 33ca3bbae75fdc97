import { realClock } from '../../shared/queue/port.ts';
import { createFakeHost, type FakeHost } from '../support/fake-host.ts';
import { engineHostContract } from './engine-host.ts';

engineHostContract('fake', () => {
  const hosts = new WeakMap<object, FakeHost>();
  const made = (host: FakeHost) => {
    hosts.set(host, host);
    return host;
  };
  return {
    healthy: () => made(createFakeHost(realClock, { progress: [{ ms: 0, progress: { phase: 'start' } }] })),
    broken: () => made(createFakeHost(realClock, { start: { do: 'reject', code: 'no_adapter' } })),
    batch: () => ({
      windows: [1, 2].map((id) => ({ samples: new Float32Array(1600).fill(id) })),
      options: { task: 'transcribe' },
    }),
    crash: (host) => hosts.get(host)?.crash('device_lost'),
  };
});
