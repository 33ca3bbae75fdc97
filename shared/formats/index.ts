/** The registry of formats: what the page offers to download and the server to answer with. */
import type { Format } from './format.ts';
import { json } from './json.ts';
import { srt } from './srt.ts';
import { txt } from './txt.ts';
import { vtt } from './vtt.ts';

export type { Format } from './format.ts';

/** In the order in which they are offered. */
export const FORMATS = { txt, srt, vtt, json } as const satisfies Record<string, Format>;

export type FormatId = keyof typeof FORMATS;

export const FORMAT_IDS = Object.keys(FORMATS) as readonly FormatId[];
