/** What a shell learns: all well, a file or model failed, wrong usage, interrupted. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
