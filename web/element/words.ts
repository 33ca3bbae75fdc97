/** The element's own few words, in the language of the page around it. */
import type { Failure } from './order.ts';
import type { ElementState } from './state.ts';

type StateWords = Readonly<Record<Exclude<ElementState, 'idle' | 'failed'>, string>>;

export interface Words extends StateWords {
  readonly title: string;
  readonly start: string;
  readonly stop: string;
  readonly cancel: string;
  readonly drop: string;
  readonly choose: string;
  readonly caption: string;
  readonly fetching: string;
  readonly silent: string;
  readonly onDevice: string;
  /** the same, where a server may be asked for */
  readonly asks: string;
  /** before the name of the server */
  readonly sent: string;
  readonly demo: string;
  readonly required: string;
  /** of the part that is fetched only when something is started, and could not be */
  readonly blocked: Omit<Failure, 'code'>;
}

const EN: Words = {
  title: 'Speech to text',
  start: 'Dictate',
  stop: 'Stop',
  cancel: 'Cancel',
  drop: 'or drop a recording here',
  choose: 'Choose a file',
  caption: 'Captions',
  loading: 'Getting ready…',
  waiting: 'Waiting for its turn…',
  listening: 'Listening',
  reading: 'Reading…',
  finishing: 'Reading the last words…',
  fetching: 'Fetching the model…',
  silent: 'No speech was heard.',
  onDevice: 'On your device: nothing you say leaves it',
  asks: 'On your device: nothing you say leaves it unless you agree',
  sent: 'What you say is sent to ',
  demo: 'demo model: understands synthetic voices only',
  required: 'Please say something.',
  blocked: {
    message: 'A part of this tool could not be loaded.',
    next: 'What was said before is kept here: copy it if you need it, then reload the page.',
  },
};

export interface Tongue {
  readonly words: Words;
  readonly tag: 'en' | 'zh-Hans';
}

const chinese: { words?: Words } = {};

/** Of the nearest `lang` around an element, also outside its shadow trees; else of the browser. */
export function tongueAround(element: Element): Tongue {
  const isChinese = /^zh\b/i.test(langAround(element) ?? navigator.language);
  return isChinese ? { words: chinese.words ?? EN, tag: 'zh-Hans' } : { words: EN, tag: 'en' };
}

/** Resolves when the words of a language are there; English where they cannot be had. */
export async function wordsReady({ tag }: Tongue): Promise<void> {
  if (tag === 'en' || chinese.words !== undefined) return;
  try {
    chinese.words = (await import('./words-zh-hans.ts')).words;
  } catch (thrown) {
    console.warn(thrown);
  }
}

function langAround(element: Element): string | undefined {
  const lang = element.closest('[lang]')?.getAttribute('lang');
  if (lang) return lang;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? langAround(root.host) : undefined;
}
