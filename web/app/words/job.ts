import { msg, str } from '@lit/localize';

export const jobWords = {
  next: () => msg('Waiting, next in line', { id: 'job.next' }),
  waiting: (ahead: number) => msg(str`Waiting, ${ahead} before it`, { id: 'job.waiting' }),
  eta: (time: string) => msg(str`starts in about ${time}`, { id: 'job.eta' }),
  preparing: () => msg('Getting ready', { id: 'job.preparing' }),
  reading: () => msg('Reading', { id: 'job.reading' }),
  listening: () => msg('Listening', { id: 'job.listening' }),
  finishing: () => msg('Reading the last words', { id: 'job.finishing' }),
  done: () => msg('Done', { id: 'job.done' }),
  failed: () => msg('Failed', { id: 'job.failed' }),
  cancelled: () => msg('Cancelled', { id: 'job.cancelled' }),
  refused: () => msg('Not started', { id: 'job.refused' }),

  cancel: () => msg('Cancel', { id: 'job.cancel' }),
  stop: () => msg('Stop', { id: 'job.stop' }),
  retry: () => msg('Try again', { id: 'job.retry' }),
  open: () => msg('Open', { id: 'job.open' }),
  openNamed: (name: string) => msg(str`Open ${name} to hear and edit it`, { id: 'job.open-named' }),
  remove: () => msg('Remove', { id: 'job.remove' }),
  removeNamed: (name: string) => msg(str`Remove ${name} from the list`, { id: 'job.remove-named' }),
  copy: () => msg('Copy', { id: 'job.copy' }),
  copied: () => msg('Copied', { id: 'job.copied' }),
  copyRefused: () =>
    msg('The browser did not allow copying. Select the text instead.', { id: 'job.copy-refused' }),
  downloadAs: () => msg('Download as', { id: 'job.download-as' }),
  downloadFormat: (format: string) => msg(str`Download as ${format}`, { id: 'job.download-format' }),

  transcript: (name: string) => msg(str`Transcript of ${name}`, { id: 'job.transcript' }),
  noTextYet: () => msg('The first words appear here in a moment.', { id: 'job.no-text-yet' }),
  noText: () => msg('No text.', { id: 'job.no-text' }),
  keptText: () => msg('Text that was finished is kept.', { id: 'job.kept-text' }),
  hearing: () => msg('Being heard', { id: 'job.hearing' }),

  progress: (name: string) => msg(str`Progress of ${name}`, { id: 'job.progress' }),
  readSoFar: (time: string) => msg(str`${time} read`, { id: 'job.read-so-far' }),
  ofTotal: (done: string, total: string) => msg(str`${done} of ${total}`, { id: 'job.of-total' }),
  speed: (factor: string) => msg(str`${factor}× real time`, { id: 'job.speed' }),
  remaining: (time: string) => msg(str`about ${time} left`, { id: 'job.remaining' }),

  digitalSilence: () =>
    msg('Only silence comes from this microphone. Is it muted, or is another one meant?', {
      id: 'job.digital-silence',
    }),
  leftOut: (from: string, to: string) => msg(str`${from} to ${to} was left out.`, { id: 'job.left-out' }),
  endedEarly: (at: string) => msg(str`It ended early, at ${at}.`, { id: 'job.ended-early' }),
  noSpeech: () => msg('No speech was heard in it.', { id: 'job.no-speech' }),
  tooFarBehind: (time: string) =>
    msg(
      str`Reading is ${time} behind, so recording was ended. All that was said is kept and is being read.`,
      {
        id: 'job.too-far-behind',
      },
    ),
  keptSound: (time: string) =>
    msg(str`The last ${time} have no text yet. Their sound is kept here: “Try again” reads it.`, {
      id: 'job.kept-sound',
    }),
  details: () => msg('Details', { id: 'job.details' }),
};
