import { msg, str } from '@lit/localize';

export const outputWords = {
  copyTimed: () => msg('Copy with times', { id: 'output.copy-timed' }),
  share: () => msg('Share', { id: 'output.share' }),
  print: () => msg('Print', { id: 'output.print' }),
  notShared: () => msg('It could not be shared. Download it instead.', { id: 'output.not-shared' }),
  notMade: () =>
    msg('The file could not be made. The text is still here: check the connection and try again.', {
      id: 'output.not-made',
    }),

  options: () => msg('Options for files', { id: 'output.options' }),
  lineLength: () => msg('Characters a line', { id: 'output.line-length' }),
  cueLines: () => msg('Lines a subtitle', { id: 'output.cue-lines' }),
  cueWords: () => msg('Words a subtitle', { id: 'output.cue-words' }),
  cueSeconds: () => msg('Seconds a subtitle', { id: 'output.cue-seconds' }),
  times: () => msg('Times in text', { id: 'output.times' }),
  timesNone: () => msg('None', { id: 'output.times-none' }),
  timesLine: () => msg('On each line', { id: 'output.times-line' }),
  timesParagraph: () => msg('On each paragraph', { id: 'output.times-paragraph' }),
  speakers: () => msg('Names of speakers, where known', { id: 'output.speakers' }),
  hint: () =>
    msg('The numbers are the most that SRT and VTT may have. 0 words: as many as fit.', {
      id: 'output.hint',
    }),

  batch: () => msg('All finished transcripts', { id: 'output.batch' }),
  batchFormat: () => msg('All as', { id: 'output.batch-format' }),
  batchSave: (count: number) => msg(str`Download ${count} in one ZIP`, { id: 'output.batch-save' }),
  batchCancel: () => msg('Cancel ZIP', { id: 'output.batch-cancel' }),
  packing: (done: number, total: number) => msg(str`${done} of ${total} written`, { id: 'output.packing' }),
};
