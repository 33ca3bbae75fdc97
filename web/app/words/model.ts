import { msg, str } from '@lit/localize';

export const modelWords = {
  title: () => msg('Model', { id: 'model.title' }),
  choose: () => msg('Model to read with', { id: 'model.choose' }),
  demoTitle: () => msg('This is a demo model', { id: 'model.demo-title' }),
  demoText: () =>
    msg('It was trained on synthetic voices only: on human speech its text is meaningless.', {
      id: 'model.demo-text',
    }),
  offer: (label: string) => msg(str`For people, use ${label}.`, { id: 'model.offer' }),
  source: (size: string, host: string) =>
    msg(
      str`${size} from ${host}. Only the model comes in; your sound stays here. It is then kept on this device.`,
      {
        id: 'model.source',
      },
    ),
  onDevice: () => msg('Comes with this page; nothing is downloaded elsewhere.', { id: 'model.on-device' }),
  download: (label: string, size: string) => msg(str`Download ${label} (${size})`, { id: 'model.download' }),
  use: (label: string) => msg(str`Use ${label}`, { id: 'model.use' }),
  inUse: () => msg('In use', { id: 'model.in-use' }),
  demo: () => msg('demo', { id: 'model.demo' }),
  recommended: () => msg('recommended', { id: 'model.recommended' }),
  english: () => msg('English only', { id: 'model.english' }),
  languages: (count: number) => msg(str`${count} languages`, { id: 'model.languages' }),
  later: () => msg('Jobs that have begun keep the model they began with.', { id: 'model.later' }),
};
