import { EXIT } from './exit.ts';

/** Work that Ctrl-C or a request to end stops in order; a second Ctrl-C ends the process at once. */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } catch (thrown) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw thrown;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
