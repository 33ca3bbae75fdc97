/** A transcription as server-sent events while it is read. */
import type { FastifyReply } from 'fastify';
import { logProbs, usageOf } from '../../shared/formats/verbose-json.ts';
import { plainText, type Segment } from '../../shared/transcript/transcript.ts';
import type { Reservation, TranscribeRequest } from '../service/port.ts';
import { checkRead, warningsOf } from './answers.ts';
import { errorReply, toApiError } from './error-reply.ts';
import { createEventStream, type EventStreamTimes } from './event-stream.ts';
import type { JobEnd } from './job-line.ts';

export interface StreamChoice {
  readonly logprobs: boolean;
  readonly times: EventStreamTimes;
}

/**
 * The stream is opened by its first event or comment: what goes wrong before is thrown, for a plain answer with its
 * status; after that it is an event of the stream. The deltas, joined, are the text of the last event.
 */
export async function streamTranscription(
  reply: FastifyReply,
  place: Reservation,
  job: TranscribeRequest,
  { logprobs, times }: StreamChoice,
): Promise<JobEnd> {
  const events = createEventStream(reply, times);
  let said = 0;
  let begun = false;
  const onSegments = (segments: readonly Segment[]) => {
    said += segments.length;
    for (const segment of segments) {
      const text = plainText([segment]);
      if (text === '') continue;
      events.delta(begun ? ` ${text}` : text, logprobs ? logProbs([segment], begun) : undefined);
      begun = true;
    }
  };
  try {
    const result = await place.transcribe({ ...job, onSegments });
    checkRead(result);
    onSegments(result.segments.slice(said));
    const warnings = warningsOf(result);
    await events.done({
      type: 'transcript.text.done',
      text: plainText(result.segments),
      ...(logprobs ? { logprobs: logProbs(result.segments) } : {}),
      usage: usageOf(result.duration),
      ...(warnings.length > 0 ? { warnings } : {}),
    });
    return { name: 'done', result };
  } catch (error) {
    if (!events.opened) throw error;
    await events.fail(errorReply(error).envelope);
    return { name: 'failed', error: toApiError(error) };
  } finally {
    events.stop();
  }
}
