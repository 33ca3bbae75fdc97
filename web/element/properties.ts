import type { PropertyDeclarations } from 'lit';

// What nobody set is not shown as an attribute either.
const TEXT = { reflect: true, useDefault: true } as const;
const FLAG = { type: Boolean, reflect: true } as const;
const INNER = { state: true } as const;

/** Attributes have the properties' names, but for those that are said. */
export const PROPERTIES = {
  model: TEXT,
  language: TEXT,
  task: TEXT,
  server: TEXT,
  ladder: TEXT,
  mode: TEXT,
  for: TEXT,
  media: TEXT,
  autoStart: { ...FLAG, attribute: 'auto-start' },
  idleMs: { ...TEXT, type: Number, attribute: 'idle-ms' },
  disabled: FLAG,
  required: FLAG,
  name: TEXT,
  defaultValue: { attribute: 'value' },
  shown: INNER,
} as const satisfies PropertyDeclarations;
