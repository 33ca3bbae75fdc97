/** What the page tells the worklet. */
type Order = { readonly port: MessagePort; readonly tap?: MessagePort } | { readonly stop: true };

/** Gathers about 40 ms before it posts: the render quantum of 128 frames would mean hundreds of messages a second. */
const CHUNK = 2048;

/** Mono mix of the input, posted in chunks on the ports that it is handed; an empty chunk is the last. */
class Capture extends AudioWorkletProcessor {
  private out: MessagePort | undefined;
  private tap: MessagePort | undefined;
  private chunk = new Float32Array(CHUNK);
  private filled = 0;
  private stopped = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      const order = data as Order;
      if ('port' in order) {
        this.out = order.port;
        this.tap = order.tap;
      } else this.stop();
    };
  }

  override process(inputs: readonly (readonly Float32Array[])[]): boolean {
    if (this.stopped) return false;
    const channels = inputs[0] ?? [];
    const frames = channels[0]?.length ?? 0;
    for (let frame = 0; frame < frames; frame += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[frame] ?? 0;
      this.chunk[this.filled] = sum / channels.length;
      this.filled += 1;
      if (this.filled === CHUNK) this.flush();
    }
    return true;
  }

  private flush(): void {
    const chunk = this.chunk.slice(0, this.filled);
    this.filled = 0;
    if (chunk.length === 0) return;
    this.tap?.postMessage(chunk);
    this.out?.postMessage(chunk, [chunk.buffer]);
  }

  private stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.flush();
    this.tap?.postMessage(new Float32Array(0));
    this.out?.postMessage(new Float32Array(0));
    this.port.postMessage({ stopped: true });
  }
}

registerProcessor('sotto-capture', Capture);
