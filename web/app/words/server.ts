import { msg, str } from '@lit/localize';

export const serverWords = {
  where: () => msg('Where it may run', { id: 'server.where' }),
  deviceOnly: () => msg('This device only: never send my sound anywhere', { id: 'server.device-only' }),
  deviceFirst: () => msg('This device first, then the server', { id: 'server.device-first' }),
  serverFirst: () => msg('The server first, then this device', { id: 'server.server-first' }),
  neverHint: () => msg('Your sound never leaves this device.', { id: 'server.never-hint' }),
  serverHint: (host: string) =>
    msg(str`You are asked before any sound is sent to ${host}.`, { id: 'server.server-hint' }),

  ask: (host: string) => msg(str`May your sound be sent to ${host}?`, { id: 'server.ask' }),
  askText: () =>
    msg(
      'Its server can read it for you. Only the parts with speech are sent, to be turned into text. If you say no, it is read here, more slowly.',
      { id: 'server.ask-text' },
    ),
  remember: () => msg('Remember my answer', { id: 'server.remember' }),
  agree: () => msg('Send it', { id: 'server.agree' }),
  decline: () => msg('Keep it on this device', { id: 'server.decline' }),

  asking: () => msg('Waiting for your answer. No sound has left this device.', { id: 'server.asking' }),
  next: () => msg('The server has a queue: you are next.', { id: 'server.next' }),
  before: (count: number) => msg(str`The server has a queue: ${count} before you.`, { id: 'server.before' }),
  full: () => msg('The server is full. It is asked again by itself.', { id: 'server.full' }),
  eta: (time: string) => msg(str`about ${time}`, { id: 'server.eta' }),
  connecting: (host: string) => msg(str`Asking ${host}…`, { id: 'server.connecting' }),
  readHere: () => msg('Read it on this device instead', { id: 'server.read-here' }),
  sent: (host: string) => msg(str`Your sound is sent to ${host}.`, { id: 'server.sent' }),
};
