/** Bytes that are here already, as transformers.js wants to be given files. */

/** A file as a response whose bytes are not copied. */
export function fileResponse(bytes: Uint8Array): Response {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  const content = whole ? buffer : new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
  const response = new Response(null, { status: 200, headers: { 'content-length': String(byteLength) } });
  return Object.defineProperty(response, 'arrayBuffer', { value: async () => content });
}

/**
 * transformers.js in Node wants files on disk or in a cache, never in a response alone: a cache that keeps a response
 * just until it is asked for it.
 */
const waiting = new Map<string, Response>();
export const handover = {
  async match(key: string): Promise<Response | undefined> {
    const response = waiting.get(key);
    waiting.delete(key);
    return response;
  },
  async put(key: string, response: Response): Promise<void> {
    waiting.set(key, response);
  },
};
