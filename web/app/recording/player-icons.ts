import { html, svg } from 'lit';

const PATHS = {
  play: svg`<path d="M7 4.5v15l12-7.5z" fill="currentColor" />`,
  pause: svg`<path d="M8 5v14M16 5v14" stroke-width="3.5" />`,
  back: svg`<path d="M4 4v6h6M4.6 10A8 8 0 1 1 5 15.5" />`,
  forward: svg`<path d="M20 4v6h-6M19.4 10A8 8 0 1 0 19 15.5" />`,
  zoomIn: svg`<path d="M12 6v12M6 12h12" />`,
  zoomOut: svg`<path d="M6 12h12" />`,
  zoomWhole: svg`<path d="M3 6v12M21 6v12M7 12h10M9.5 9 6.5 12l3 3M14.5 9l3 3-3 3" />`,
} as const;

export type PlayerIcon = keyof typeof PATHS;

/** Beside words, or in a button that has a name: by itself it says nothing. */
export const icon = (name: PlayerIcon) => html`<svg
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-width="1.8"
  stroke-linecap="round"
  stroke-linejoin="round"
  aria-hidden="true"
>${PATHS[name]}</svg>`;
