/** Entry of the embed, for the proof only. */
export async function read(url: string): Promise<string> {
  const { createLocalTranscriber } = await import('../client/local.ts');
  const t = createLocalTranscriber({ hub: 'https://hub.invalid', model: 'sotto-demo-en' });
  const job = t.transcribe({ kind: 'url', url, name: 'x' });
  const end = await job.ended;
  const text = JSON.stringify([
    end.state,
    end.segments.map((s) => s.text),
    t.status.engine,
    t.status.changes,
  ]);
  await t.close();
  return text;
}
Object.assign(globalThis, { sottoRead: read });
