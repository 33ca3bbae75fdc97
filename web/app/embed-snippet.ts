/** What somebody copies into a page of their own. */
import type { Mode } from '../element/view.ts';

export interface EmbedChoice {
  readonly mode: Mode;
  /** catalogue id; the demo model needs no attribute */
  readonly model: string;
  /** ISO 639-1, or `auto` */
  readonly language: string;
  readonly translate: boolean;
  /** dictation: into a field of the page */
  readonly field: boolean;
  /** dictation: a form cannot be sent without it */
  readonly required: boolean;
  /** captions, dictation: by itself */
  readonly autoStart: boolean;
  /** the site's server is a step, for visitors who agree */
  readonly server: boolean;
}

export const FIRST_CHOICE: EmbedChoice = {
  mode: 'dictation',
  model: 'sotto-demo-en',
  language: 'auto',
  translate: false,
  field: false,
  required: false,
  autoStart: false,
  server: false,
};

export type Attributes = Readonly<Record<string, string | true>>;

/** Only what differs from what goes without saying. */
export function attributesOf(choice: EmbedChoice): Attributes {
  const { mode, model, language } = choice;
  const isDictation = mode === 'dictation';
  return {
    ...(isDictation ? {} : { mode }),
    ...(model === FIRST_CHOICE.model ? {} : { model }),
    ...(language === 'auto' ? {} : { language }),
    ...(choice.translate ? { task: 'translate' } : {}),
    ...(isDictation && choice.field ? { for: 'notes' } : {}),
    ...(mode === 'captions' ? { media: 'film' } : {}),
    ...(isDictation && choice.required ? { name: 'speech', required: true } : {}),
    ...(mode !== 'file' && choice.autoStart ? { 'auto-start': true } : {}),
    ...(choice.server ? { ladder: 'webgpu server wasm' } : {}),
  };
}

/** `site`: the address of the Sotto that the page uses, with a slash at its end */
export function snippetOf(choice: EmbedChoice, site: string): string {
  const attributes = Object.entries(attributesOf(choice)).map(([name, value]) =>
    value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`,
  );
  return [
    `<script type="module" src="${new URL('embed/sotto.js', site).href}"></script>`,
    ...(choice.mode === 'dictation' && choice.field ? ['<textarea id="notes"></textarea>'] : []),
    ...(choice.mode === 'captions' ? ['<video id="film" src="film.mp4" controls></video>'] : []),
    `<sotto-transcriber${attributes.join('')}></sotto-transcriber>`,
  ].join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** The policy that a page with a strict one needs. */
export function policyOf(
  site: string,
  hub: string,
  { model, server }: Pick<EmbedChoice, 'model' | 'server'>,
): string {
  const { origin } = new URL(site);
  const { origin: hubOrigin, host } = new URL(hub);
  // This hub forwards downloads to delivery hosts of its own.
  const forwards = host === 'huggingface.co' ? ' https://*.hf.co' : '';
  const models = model === FIRST_CHOICE.model ? '' : ` ${hubOrigin}${forwards}`;
  const socket = server ? ` ${origin.replace(/^http/, 'ws')}` : '';
  return [
    `script-src ${origin} 'wasm-unsafe-eval'`,
    `worker-src blob: ${origin}`,
    `connect-src 'self' ${origin}${socket}${models}`,
  ].join(';\n');
}
