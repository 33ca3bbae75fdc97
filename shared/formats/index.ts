/** The registry of text formats: what the server and the command line answer with. */
import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { md } from './markdown.ts';
import { srt } from './srt.ts';
import { txt } from './txt.ts';
import { vtt } from './vtt.ts';

export type { Format } from './format.ts';

/** In the order in which they are offered. */
export const FORMATS = { txt, md, srt, vtt, json, csv } as const satisfies Record<string, Format>;

export type FormatId = keyof typeof FORMATS;

export const FORMAT_IDS = Object.keys(FORMATS) as readonly FormatId[];
