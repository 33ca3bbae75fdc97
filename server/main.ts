import { readConfig } from './config.ts';
import { serve } from './serve.ts';

process.exitCode = await serve(() => readConfig());
