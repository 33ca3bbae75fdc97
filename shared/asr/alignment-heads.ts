/** Which cross-attention heads of a model follow the sound in time. */
import type { SessionPort } from './sessions.ts';

export interface AlignmentHead {
  readonly layer: number;
  readonly head: number;
}

/**
 * `alignment_heads` of a parsed generation_config.json: pairs of layer and head. Where there are none, every head of
 * the upper half of the layers, as in OpenAI's whisper/model.py.
 */
export function alignmentHeadsOf(
  generation: unknown,
  { layers, heads }: { readonly layers: number; readonly heads: number },
): AlignmentHead[] {
  const found = pairs(generation).filter(({ layer, head }) => layer < layers && head < heads);
  if (found.length > 0) return found;
  const from = layers >> 1;
  return Array.from({ length: (layers - from) * heads }, (_, i) => ({
    layer: from + Math.floor(i / heads),
    head: i % heads,
  }));
}

function pairs(generation: unknown): AlignmentHead[] {
  if (typeof generation !== 'object' || generation === null || !('alignment_heads' in generation)) return [];
  const { alignment_heads: listed } = generation;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return [];
    const [layer, head]: unknown[] = pair;
    return isIndex(layer) && isIndex(head) ? [{ layer, head }] : [];
  });
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;

export const attentionName = (layer: number): string => `cross_attentions.${layer}`;

/** Whether the export gives the attentions these heads need. Most exports without `_timestamped` in their name do not. */
export function canAlign(decoder: SessionPort, heads: readonly AlignmentHead[]): boolean {
  return heads.length > 0 && heads.every(({ layer }) => decoder.outputNames.includes(attentionName(layer)));
}
