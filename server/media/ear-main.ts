import { createEarChild } from './ear-child.ts';
import { loadNodeVad } from './node-vad.ts';

const receive = createEarChild({ send: (message) => void process.send?.(message), loadVad: loadNodeVad });
process.on('message', receive);
// The parent is gone, whatever ended it.
process.on('disconnect', () => process.exit());
// Ctrl-C tells every process of the terminal; when the ear ends is the parent's to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
