import { msg, str } from '@lit/localize';

export const sourceWords = {
  record: () => msg('Record', { id: 'source.record' }),
  stop: () => msg('Stop', { id: 'source.stop' }),
  recordHint: () => msg('Press and speak', { id: 'source.record-hint' }),
  opening: () => msg('Opening the microphone…', { id: 'source.opening' }),
  listening: () => msg('Listening', { id: 'source.listening' }),
  finishing: () => msg('Reading the last words…', { id: 'source.finishing' }),
  microphone: () => msg('Microphone', { id: 'source.microphone' }),
  systemMicrophone: () => msg('The system’s choice', { id: 'source.system-microphone' }),
  numberedMicrophone: (number: number) =>
    msg(str`Microphone ${number}`, { id: 'source.numbered-microphone' }),
  recording: (time: string) => msg(str`Recording ${time}`, { id: 'source.recording' }),
  drop: () => msg('Drop recordings here', { id: 'source.drop' }),
  choose: () => msg('or choose files: audio or video, any length', { id: 'source.choose' }),
  dropNow: () => msg('Let go to read them', { id: 'source.drop-now' }),
  url: () => msg('Address of a recording', { id: 'source.url' }),
  urlHint: () => msg('Your browser reads it straight from that site.', { id: 'source.url-hint' }),
  urlRead: () => msg('Read', { id: 'source.url-read' }),
  urlInvalid: () =>
    msg('This is not an address that begins with https:// or http://', { id: 'source.url-invalid' }),
};
