/** Under which names a model's files are kept on a device, in the Cache API. */

export const MODEL_CACHE = 'sotto-models-1';

/** Keys of the Cache API are URLs; no page is ever served from this one. */
export const SHELF_BASE = 'https://models.sotto.invalid/';

/** What the keys of a model's files begin with. Keys are versioned: a new commit is a new set. `/@` is in no id. */
export const keysOf = (id: string): string => `${id}/@`;

export const addressOf = (key: string): string =>
  SHELF_BASE + key.split('/').map(encodeURIComponent).join('/');

export const keyAt = (address: string): string =>
  address.slice(SHELF_BASE.length).split('/').map(decodeURIComponent).join('/');
