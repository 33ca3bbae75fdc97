import { createProcessHost, type ProcessHost } from '../../server/engine/process-host.ts';
import { modelFolders } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { engineHostContract } from './engine-host.ts';

const start = {
  model: 'sotto-demo-en',
  folders: modelFolders(),
  device: 'cpu',
  threads: 1,
  lanes: 2,
} as const;

engineHostContract(
  'a child process',
  () => {
    const hosts = new WeakMap<object, ProcessHost>();
    return {
      healthy() {
        const host = createProcessHost(start);
        hosts.set(host, host);
        return host;
      },
      broken: () => createProcessHost({ ...start, folders: [] }),
      batch: async () => ({
        windows: [{ samples: await loadFixture('us-male.wav') }],
        options: { task: 'transcribe' },
      }),
      crash(host) {
        const pid = hosts.get(host)?.pid;
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      },
    };
  },
  30_000,
);
