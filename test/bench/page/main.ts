import { compare } from './compare.ts';
import { gpuMemory } from './gpu-memory.ts';
import { longFile } from './long-file.ts';

window.bench = { compare, gpuMemory, longFile };
