import { writeFile } from 'node:fs/promises';
import type { FromEngine } from '../../shared/protocol/engine-process.ts';
import { createEngineChild } from './child.ts';
import { loadModel } from './load-model.ts';

const receive = createEngineChild({
  send: (message: FromEngine) => void process.send?.(message),
  load: loadModel,
  residentBytes: () => process.memoryUsage.rss(),
});
process.on('message', receive);
// The parent is gone, whatever ended it.
process.on('disconnect', () => process.exit());
// Ctrl-C and systemd tell every process of the group; when the engine ends is the parent's to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// Where memory runs out, the kernel shall end the engine and not the server. Not to be had outside Linux.
void writeFile('/proc/self/oom_score_adj', '500').catch(() => undefined);
