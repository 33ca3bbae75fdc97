/** How far somebody has come who is here for the first time. Pure. */

export type FirstRun =
  /** nothing is shown: they know their way, or do not want to be shown it */
  | { readonly name: 'over' }
  /** what it is and where it computes is told; nobody has spoken yet */
  | { readonly name: 'speak' }
  /** something is being heard or read; its words have not come yet */
  | { readonly name: 'words' }
  /** their words are there, as the demo model hears them: a better one is suggested */
  | { readonly name: 'better' };

export interface FirstRunFacts {
  /** this browser has been here: something was chosen, read, or the card was closed */
  readonly isKnown: boolean;
  readonly isClosed: boolean;
  readonly jobs: readonly FirstJob[];
  /** the model in use is the demo */
  readonly isDemo: boolean;
}

export interface FirstJob {
  readonly hasWords: boolean;
  readonly hasEnded: boolean;
}

export function firstRun({ isKnown, isClosed, jobs, isDemo }: FirstRunFacts): FirstRun {
  if (isKnown || isClosed) return { name: 'over' };
  if (jobs.some(({ hasWords }) => hasWords)) return { name: isDemo ? 'better' : 'over' };
  return { name: jobs.some(({ hasEnded }) => !hasEnded) ? 'words' : 'speak' };
}

/**
 * About how much an engine is beside its model (onnxruntime's WebAssembly), which every first start fetches once.
 * On a GPU the CPU's build comes, too: it finds out where somebody speaks.
 */
export const ENGINE_BYTES = { wasm: 14_300_000, webgpu: 31_100_000 } as const;
