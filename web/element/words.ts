/** The element's own few words, in the language of the page around it. */

export interface Words {
  readonly title: string;
  readonly start: string;
  readonly stop: string;
  readonly cancel: string;
  readonly drop: string;
  readonly choose: string;
  readonly caption: string;
  readonly loading: string;
  readonly waiting: string;
  readonly listening: string;
  readonly reading: string;
  readonly finishing: string;
  readonly onDevice: string;
  readonly required: string;
}

const EN: Words = {
  title: 'Speech to text',
  start: 'Dictate',
  stop: 'Stop',
  cancel: 'Cancel',
  drop: 'Drop a recording here, or',
  choose: 'choose a file',
  caption: 'Caption it',
  loading: 'Getting ready…',
  waiting: 'Waiting for its turn…',
  listening: 'Listening',
  reading: 'Reading…',
  finishing: 'Reading the last words…',
  onDevice: 'On your device: no sound leaves it.',
  required: 'Please say or type something.',
};

const ZH: Words = {
  title: '语音转文字',
  start: '听写',
  stop: '停止',
  cancel: '取消',
  drop: '把录音拖到这里，或',
  choose: '选择文件',
  caption: '加字幕',
  loading: '正在准备…',
  waiting: '正在排队…',
  listening: '正在聆听',
  reading: '正在读取…',
  finishing: '正在读取最后几句…',
  onDevice: '在您的设备上：声音不会离开它。',
  required: '请说或输入一些内容。',
};

const isChinese = (tag: string): boolean => /^zh\b/i.test(tag);

/** Of the nearest `lang` around an element, else of the browser. */
export function wordsAround(element: Element): { readonly words: Words; readonly tag: 'en' | 'zh-Hans' } {
  const tag = element.closest('[lang]')?.getAttribute('lang') || navigator.language;
  return isChinese(tag) ? { words: ZH, tag: 'zh-Hans' } : { words: EN, tag: 'en' };
}

/** What went wrong in the same language: fetched only then. */
export async function errorWords(
  code: keyof typeof import('../../shared/error-table.ts').ERRORS,
  tag: 'en' | 'zh-Hans',
): Promise<{ readonly message: string; readonly next: string }> {
  if (tag === 'zh-Hans') {
    const [message, next] = (await import('../locales/zh-Hans-errors.ts')).errors[code];
    return { message, next };
  }
  return (await import('../../shared/error-table.ts')).ERRORS[code];
}
