/** A client that submits a job and follows its events: its place while it waits, its segments, its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { SILENT } from './client.ts';
import { createRoamer, type Load, resultOf, submit } from './cluster-clients.ts';
import { watchPlace } from './cluster-places.ts';
import { countVerdict, type Verdict } from './cluster-tally.ts';

/** Nothing at all, not even that it still reads: past every `keep-alive` of the servers' own. */
const SILENT_MS = 60_000;
const PAUSE_MS = 250;

export async function listeningClient(load: Load): Promise<void> {
  const roamer = createRoamer(load);
  while (performance.now() < load.until) {
    const id = await submit(load, roamer);
    if (id === undefined) continue;
    const heard = await listen(id, load);
    countVerdict(load.tally, heard ?? (await resultOf(id, load, roamer)));
  }
  roamer.close();
}

/** Until its last event, at whichever ingress is there; undefined: it ended as it should, or time is up. */
async function listen(id: string, load: Load): Promise<Verdict | undefined> {
  const { tally, ports, random, drainedBy } = load;
  const place = watchPlace(tally.places);
  let last = '';
  let segments = 0;
  let end: Verdict | 'done' | undefined;

  function hear({ event, data, id: at }: EventSourceMessage): void {
    if (at !== undefined) last = at;
    if (event === 'queue_status') {
      const { position } = JSON.parse(data) as { position: number };
      if (place(position, performance.now(), load.blowAt()) === 'grew') {
        tally.why['a place grew'] = (tally.why['a place grew'] ?? 0) + 1;
      }
    }
    if (event === 'segment') {
      segments += 1;
      if (Number(at) < segments) end = { name: 'doubled', why: `segment ${at} came again` };
      if (Number(at) > segments) end = { name: 'lost', why: `a segment before ${at} did not come` };
    }
    if (event === 'done') end ??= 'done';
    if (event === 'failed' || event === 'cancelled') end = { name: 'lost', why: `a job's events: ${data}` };
  }

  while (end === undefined && performance.now() < drainedBy) {
    const all = ports();
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(SILENT)), SILENT_MS);
    try {
      const answer = await fetch(
        `http://127.0.0.1:${all[Math.floor(random() * all.length)]}/v1/jobs/${id}/events`,
        { signal: silence.signal, ...(last !== '' && { headers: { 'last-event-id': last } }) },
      );
      const parser = createParser({ onEvent: hear });
      const text = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()) : undefined;
      for await (const chunk of text ?? []) {
        timer.refresh();
        parser.feed(chunk);
      }
    } catch (thrown) {
      // An ingress that was killed: another one goes on telling.
      if (silence.signal.aborted) return { name: 'lost', why: `${SILENT}: a job's events` };
      if (!(thrown instanceof TypeError)) throw thrown;
    } finally {
      clearTimeout(timer);
    }
    if (end === undefined) await sleep(PAUSE_MS * (1 + random()));
  }
  return end === 'done' ? undefined : end;
}
