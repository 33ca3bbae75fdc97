import type { PropertyDeclarations } from 'lit';

/** What nobody set is not shown as an attribute either. */
const CHOICE = { reflect: true, useDefault: true } as const;
/** Without a default: an attribute that is taken away is as one that was never there. */
const TEXT = {
  reflect: true,
  converter: { fromAttribute: (value: string | null) => value ?? undefined },
} as const;
const FLAG = { type: Boolean, reflect: true } as const;
const INNER = { state: true } as const;

/** Attributes have the properties' names, but for those that are said. */
export const PROPERTIES = {
  model: CHOICE,
  language: CHOICE,
  task: CHOICE,
  server: TEXT,
  ladder: CHOICE,
  mode: CHOICE,
  for: TEXT,
  media: TEXT,
  autoStart: { ...FLAG, attribute: 'auto-start' },
  idleMs: { ...CHOICE, type: Number, attribute: 'idle-ms' },
  disabled: FLAG,
  required: FLAG,
  name: TEXT,
  defaultValue: { attribute: 'value' },
  shown: INNER,
} as const satisfies PropertyDeclarations;
