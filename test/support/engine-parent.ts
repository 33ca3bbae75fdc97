/** A parent of an engine's process: prints the child's pid when it is ready, then waits to be killed. */
import { createProcessHost } from '../../server/engine/process-host.ts';
import { modelFolders } from './models.ts';

const host = createProcessHost({
  model: 'sotto-demo-en',
  folders: modelFolders(),
  device: 'cpu',
  threads: 1,
  lanes: 1,
});
await host.start(() => undefined);
console.log(host.pid);
