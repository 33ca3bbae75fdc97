/** Reads an event stream as a browser would, and can leave in the middle of it. */
import { createParser } from 'eventsource-parser';

export interface SeenEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: { readonly type: string } & Readonly<Record<string, unknown>>;
}

export interface EventReading {
  readonly status: number;
  readonly events: readonly SeenEvent[];
  readonly comments: readonly string[];
  /** 'ended': the server closed the stream; 'left': `leave` said so */
  readonly end: 'ended' | 'left';
}

export async function readEvents(
  url: string,
  options: {
    readonly lastEventId?: string;
    readonly leave?: (event: SeenEvent) => boolean;
    readonly onComment?: () => void;
  } = {},
): Promise<EventReading> {
  const { lastEventId, leave = () => false, onComment } = options;
  const gone = new AbortController();
  const answer = await fetch(url, {
    signal: gone.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
  const events: SeenEvent[] = [];
  const comments: string[] = [];
  let left = false;
  const parser = createParser({
    onEvent({ id, event, data }) {
      if (left) return;
      const seen: SeenEvent = { id, event, data: JSON.parse(data) };
      events.push(seen);
      if (leave(seen)) left = true;
    },
    onComment(comment) {
      comments.push(comment);
      onComment?.();
    },
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) break;
    parser.feed(chunk.value);
    if (left) {
      gone.abort();
      break;
    }
  }
  return { status: answer.status, events, comments, end: left ? 'left' : 'ended' };
}
