/** Views beside the desk: each module is fetched when it is first shown, and defines its elements. */
import type { View } from './view.ts';
import type { ViewElement } from './view-parts.ts';

export type LateView = Exclude<View['name'], 'desk'>;

export const LATE_VIEWS: { readonly [Name in LateView]?: () => Promise<ViewElement> } = {
  recording: () => import('./recording/open.ts').then(({ open }) => open()),
  browser: () => import('./browser/open.ts').then(({ open }) => open()),
  captions: () => import('./captions/open.ts').then(({ open }) => open()),
  settings: () => import('./settings/open.ts').then(({ open }) => open()),
};
