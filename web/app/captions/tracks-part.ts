/** What of each source is to be said while captions run: its level, or why it is not heard. */
import { html, nothing } from 'lit';
import type { JobNotice, JobSnapshot } from '../../client/transcriber.ts';
import { hasEnded } from '../job-list.ts';
import { stateText } from '../job-state.ts';
import { captionWords } from '../words/captions.ts';
import type { Names } from './caption-list.ts';
import type { CaptionSession, Track } from './session.ts';

/** Milliseconds after a pause in which silence is still that of the pause. */
const AFTER_PAUSE_MS = 2000;

export const tracksPart = (session: CaptionSession, names: Names, now: number) => html`<ul class="tracks">
  ${session.tracks
    .filter((track) => session.phase !== 'ended' || hasMore(track))
    .map((track) => {
      const { job, side, sound } = track;
      const { snapshot } = job;
      const { state } = snapshot;
      const notices = noticesOf(track, session, now);
      return html`<li data-side=${side} data-sound=${sound}>
      <div class="track">
        <span class="who">${names[side]}</span>
        ${
          sound === 'open' && state.name === 'listening' && session.phase === 'listening'
            ? html`<level-meter .rms=${snapshot.level}></level-meter>`
            : html`<span class="muted small">${session.phase === 'paused' && !hasEnded(state) ? '' : stateText(state)}</span>`
        }
      </div>
      ${sound === 'lost' ? html`<p class="note" role="status">${side === 'you' ? captionWords.unplugged() : captionWords.unshared()}</p>` : nothing}
      ${state.name === 'failed' || state.name === 'refused' ? html`<error-note .error=${state.error}></error-note>` : nothing}
      <notice-list .notices=${notices} ?hidden=${notices.length === 0}></notice-list>
    </li>`;
    })}
</ul>`;

/** Whether there is more to say of it than that it ended well. */
const hasMore = ({ sound, job: { snapshot } }: Track): boolean =>
  sound === 'lost' || snapshot.state.name !== 'done' || snapshot.notices.length > 0;

/** Seconds of speech that wait for their text, in all. */
export const secondsBehind = ({ tracks }: CaptionSession): number =>
  tracks.reduce((sum, { job: { snapshot } }) => sum + unreadOf(snapshot), 0);

const unreadOf = ({ state, unreadSeconds = 0 }: JobSnapshot): number => (hasEnded(state) ? 0 : unreadSeconds);

/** A tab that plays nothing is silent by nature, and so is a microphone in a pause. */
function noticesOf({ job, side }: Track, { phase, pauses }: CaptionSession, now: number): JobNotice[] {
  const { notices, state } = job.snapshot;
  const pausedUntil = pauses.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  const silent =
    side === 'you' &&
    state.name === 'listening' &&
    phase === 'listening' &&
    now - pausedUntil > AFTER_PAUSE_MS;
  return notices.filter(({ kind }) => kind !== 'digital-silence' || silent);
}
