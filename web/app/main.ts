/** Entry of the page: wires its parts and nothing else. */
import { OFFERED } from '../../shared/asr/catalogue.ts';
import { toWire } from '../../shared/errors.ts';
import { realClock } from '../../shared/queue/port.ts';
import { createLateTranscriber } from '../client/late.ts';
import { fetchSiteConfig } from '../client/site-config.ts';
import { defineElements } from './elements.ts';
import { keepInstallPrompt } from './install-prompt.ts';
import { preferredLocale, showLocale } from './locale.ts';
import { deviceKind, modelChoices } from './model-choice.ts';
import { recall, remember } from './preferences.ts';
import { noteSent } from './sent-notes.ts';
import { createServerOffer } from './server-offer.ts';

async function start(): Promise<HTMLElement> {
  const config = await fetchSiteConfig(new URL('/', location.href).href);
  const models = modelChoices(OFFERED, { device: 'wasm', fp16: false });
  const first =
    models.find(({ id }) => id === recall('model')) ?? models.find(({ demo }) => demo) ?? models[0];
  const app = document.createElement('sotto-app');
  app.models = models;
  app.hub = config.hub;
  const { server } = config;
  const memory = { recall, remember };
  const offer = server && createServerOffer(server, { page: location.href, memory, clock: realClock });
  const transcriber = createLateTranscriber({
    hub: config.hub,
    model: first?.id ?? '',
    onSent: noteSent,
    ...(offer === undefined ? {} : { server: offer.place, ladder: offer.ladder }),
  });
  offer?.subscribe(() => transcriber.useLadder(offer.ladder));
  app.offer = offer;
  app.transcriber = transcriber;
  // Late: what is kept here must not hold up the page.
  const library = import('./library-start.ts').then(({ startLibrary }) => startLibrary(app, transcriber));
  void import('./late-start.ts').then(({ startLate }) => startLate(app, transcriber, library));
  // A GPU changes only how much would be downloaded; asking for it must not hold up the page.
  void deviceKind().then((kind) => {
    app.models = modelChoices(OFFERED, kind);
  });
  return app;
}

function failed(thrown: unknown): HTMLElement {
  console.error(thrown);
  const failure = document.createElement('start-failure');
  failure.error = toWire(thrown);
  return failure;
}

keepInstallPrompt();
defineElements();
await showLocale(preferredLocale());
document.body.append(await start().catch(failed));
