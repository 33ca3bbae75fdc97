/** What a process holds on to, told from what is only not collected yet. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** MiB held more after 200 calls than after 20. */
export async function heapGrowth(run: (call: number) => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** What is still held once finalizers have had their turn: buffers are given back after the collection. */
  const held = async () => {
    const figures: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { heapUsed, external } = process.memoryUsage();
      figures.push(heapUsed + external);
    }
    return Math.min(...figures);
  };
  const heldAfter = async (from: number, to: number) => {
    for (let call = from; call < to; call++) await run(call);
    return held();
  };
  const after20 = await heldAfter(0, 20);
  return ((await heldAfter(20, 200)) - after20) / 2 ** 20;
}
