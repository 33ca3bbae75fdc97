/** What the stock pipeline's documentation says for sound longer than the model's window: each hears 20 s anew. */
export const CHUNKED = { chunk_length_s: 30, stride_length_s: 5 } as const;
