/** Entry of the page: wires its parts and nothing else. */
import { OFFERED } from '../../shared/asr/catalogue.ts';
import { toWire } from '../../shared/errors.ts';
import { createLocalTranscriber } from '../client/local.ts';
import { fetchAppConfig } from './app-config.ts';
import { defineElements } from './elements.ts';
import { preferredLocale, showLocale } from './locale.ts';
import { deviceKind, modelChoices } from './model-choice.ts';
import { recall } from './preferences.ts';

async function start(): Promise<HTMLElement> {
  const [config, kind] = await Promise.all([fetchAppConfig(), deviceKind()]);
  const models = modelChoices(OFFERED, kind);
  const first =
    models.find(({ id }) => id === recall('model')) ?? models.find(({ demo }) => demo) ?? models[0];
  const app = document.createElement('sotto-app');
  app.models = models;
  app.hub = config.hub;
  app.transcriber = createLocalTranscriber({ hub: config.hub, model: first?.id ?? '' });
  return app;
}

function failed(thrown: unknown): HTMLElement {
  console.error(thrown);
  const failure = document.createElement('start-failure');
  failure.error = toWire(thrown);
  return failure;
}

defineElements();
await showLocale(preferredLocale());
document.body.append(await start().catch(failed));
