/** Which outputs of a model stay on the GPU, and what Node's runtime needs for that. */
import type { SessionPort } from './sessions.ts';

/** What the decoder is fed again never leaves the GPU. One table serves both sessions; the browser's runtime allows that. */
export function keptOnGpu(decoderLayers: number): Record<string, 'gpu-buffer'> {
  const kept: Record<string, 'gpu-buffer'> = { last_hidden_state: 'gpu-buffer' };
  for (let layer = 0; layer < decoderLayers; layer++) {
    for (const source of ['decoder', 'encoder']) {
      kept[`present.${layer}.${source}.key`] = 'gpu-buffer';
      kept[`present.${layer}.${source}.value`] = 'gpu-buffer';
    }
  }
  return kept;
}

/**
 * Node's runtime keeps the outputs on a GPU bound from one run to the next, wherever they were asked for once: each
 * run has to ask for the same ones. Those not wanted are empty in a merged decoder, and disposed at once. Attentions are
 * asked for from the first run on that wants them: who never wants word times does not pay for them.
 */
export function askAlike(session: SessionPort): SessionPort {
  const bound = new Set(
    session.outputNames.filter((name) => name === 'logits' || name.startsWith('present.')),
  );
  return {
    ...session,
    async run(feeds, fetches) {
      for (const name of fetches) bound.add(name);
      const outputs = await session.run(feeds, [...bound]);
      const wanted = Object.entries(outputs).filter(([name]) => fetches.includes(name));
      for (const [name, tensor] of Object.entries(outputs)) {
        if (!fetches.includes(name)) tensor.dispose();
      }
      return Object.fromEntries(wanted);
    },
  };
}
