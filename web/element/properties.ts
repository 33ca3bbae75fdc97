import type { PropertyDeclarations } from 'lit';

const TEXT = { reflect: true } as const;
const FLAG = { type: Boolean, reflect: true } as const;

/** Attributes are the properties' names, but for `auto-start`. */
export const PROPERTIES: PropertyDeclarations = {
  model: TEXT,
  language: TEXT,
  task: TEXT,
  server: TEXT,
  ladder: TEXT,
  mode: TEXT,
  for: TEXT,
  media: TEXT,
  autoStart: { ...FLAG, attribute: 'auto-start' },
  disabled: FLAG,
  required: FLAG,
  name: TEXT,
  snapshot: { state: true },
  failure: { state: true },
  over: { state: true },
};
