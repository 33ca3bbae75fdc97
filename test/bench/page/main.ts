import { compare } from './compare.ts';
import { gpuMemory } from './gpu-memory.ts';

window.bench = { compare, gpuMemory };
