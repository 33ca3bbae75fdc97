/** Entry of the page about embedding: wires its parts and nothing else. */
import { OFFERED } from '../../shared/asr/catalogue.ts';
import { fetchSiteConfig } from '../client/site-config.ts';
import { EmbedPage } from './embed-page.ts';
import { preferredLocale, showLocale } from './locale.ts';
import { modelChoices } from './model-choice.ts';
import { noteSent } from './sent-notes.ts';
import { embedWords } from './words/embed.ts';

/** The very script that other pages name; the dev server has its source only. */
function loadElement(): void {
  const script = document.createElement('script');
  script.type = 'module';
  script.src = import.meta.env.DEV ? './element/main.ts' : './embed/sotto.js';
  document.head.append(script);
}

addEventListener('sotto-sent', ({ detail }) => noteSent(detail));
loadElement();
customElements.define('embed-page', EmbedPage);
await showLocale(preferredLocale());
const page = new EmbedPage();
page.models = modelChoices(OFFERED, { device: 'wasm', fp16: false });
const { hub, server } = await fetchSiteConfig(new URL('/', location.href).href);
page.hub = hub;
page.reads = server !== undefined;
document.body.append(page);
document.title = embedWords.title();
