/** What is said where a server may be asked to read. */
export interface ConsentWords {
  readonly ask: (host: string) => string;
  readonly askText: string;
  readonly agree: (host: string) => string;
  readonly decline: string;
  readonly asking: string;
  readonly connecting: (host: string) => string;
  readonly full: string;
  readonly next: string;
  readonly before: (count: number) => string;
  /** after a no, where nothing of this device may be used */
  readonly declined: string;
}

export const CONSENT_WORDS: Readonly<Record<'en' | 'zh-Hans', ConsentWords>> = {
  en: {
    ask: (host) => `May what you say be sent to ${host}?`,
    askText:
      'Its server can turn it into text faster. Only the parts with speech are sent. Your answer holds until you leave this page.',
    agree: (host) => `Send to ${host}`,
    decline: 'Stay on this device',
    asking: 'Waiting for your answer. Nothing has been sent.',
    connecting: (host) => `Asking ${host}…`,
    full: 'The server is full. It is asked again by itself.',
    next: 'The server has a queue: you are next.',
    before: (count) => `The server has a queue: ${count} before you.`,
    declined: 'This page can use a server only. Reload it to be asked again.',
  },
  'zh-Hans': {
    ask: (host) => `可以把您说的话发送到 ${host} 吗？`,
    askText: '那里的服务器可以更快地把它转成文字。只发送有人说话的部分。您的回答在离开此页面之前有效。',
    agree: (host) => `发送到 ${host}`,
    decline: '留在此设备上',
    asking: '正在等待您的回答。还没有发送任何内容。',
    connecting: (host) => `正在连接 ${host}…`,
    full: '服务器已满，会自动再次尝试。',
    next: '服务器正在排队：下一个就是您。',
    before: (count) => `服务器正在排队：您前面还有 ${count} 个。`,
    declined: '此页面只能使用服务器。重新加载页面后会再次询问您。',
  },
};
