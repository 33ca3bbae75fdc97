#!/usr/bin/env node
import { started } from '../config.ts';
import { runCli } from './cli.ts';

const code = await runCli(started());
// A server goes on; everything else has ended by now, and no child may keep it.
if (code !== undefined) process.exit(code);
