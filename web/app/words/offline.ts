import { msg } from '@lit/localize';

export const offlineWords = {
  install: () => msg('Install as an app', { id: 'offline.install' }),
  notices: () => msg('Notices', { id: 'offline.notices' }),
  newVersion: () => msg('A new version is ready.', { id: 'offline.new-version' }),
  reloads: () => msg('It reloads this page; nothing that runs is interrupted.', { id: 'offline.reloads' }),
  loses: () =>
    msg('It reloads this page, and text here that is not kept on this device goes away: save it first.', {
      id: 'offline.loses',
    }),
  use: () => msg('Use it', { id: 'offline.use' }),
  waits: () =>
    msg('The new version takes over when nothing runs any more, in this tab and in others.', {
      id: 'offline.waits',
    }),
  notNow: () => msg('Not now', { id: 'offline.not-now' }),
  applying: () => msg('The new version is taking over…', { id: 'offline.applying' }),
  failed: () =>
    msg('The new version did not take over. This one goes on working; try again, or close all tabs of it.', {
      id: 'offline.failed',
    }),
  lacks: () => msg('Something that matters here is missing in this browser:', { id: 'offline.lacks' }),
  hide: () => msg('Do not show this again', { id: 'offline.hide' }),
};
