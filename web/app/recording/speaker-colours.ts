/** How the colours of speakers look: as text on the page's surfaces each has a contrast of 4.5 at least. */
import type { SpeakerColour } from '../../../shared/edit/speakers.ts';

export interface Shade {
  readonly light: string;
  readonly dark: string;
}

export const SHADES: Readonly<Record<SpeakerColour, Shade>> = {
  teal: { light: '#0e6a5b', dark: '#74d3bb' },
  blue: { light: '#1f5fa8', dark: '#8fc1f5' },
  violet: { light: '#6541b3', dark: '#bfa8f7' },
  magenta: { light: '#a02a7a', dark: '#f0a1d3' },
  red: { light: '#b3322a', dark: '#ff9d92' },
  orange: { light: '#944a00', dark: '#f5b06c' },
  olive: { light: '#5c6300', dark: '#cdd276' },
  grey: { light: '#555d59', dark: '#b4bdb8' },
};

/** As CSS takes it. */
export const cssColour = (colour: SpeakerColour): string =>
  `light-dark(${SHADES[colour].light}, ${SHADES[colour].dark})`;
