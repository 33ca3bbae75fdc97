/** What the page shows. The address's fragment tells it, so that Back works and each can be bookmarked. Pure. */

export type View =
  | { readonly name: 'desk' }
  /** a kept recording, to be heard and edited; `id`: the library's */
  | { readonly name: 'recording'; readonly id: string }
  | { readonly name: 'captions' }
  | { readonly name: 'settings' }
  /** what this browser can do */
  | { readonly name: 'browser' };

const ID = /^#recording\/([\w-]{1,64})$/;

/** The desk for whatever is no view. */
export function viewOf(fragment: string): View {
  const [, id] = ID.exec(fragment) ?? [];
  if (id !== undefined) return { name: 'recording', id };
  if (fragment === '#captions') return { name: 'captions' };
  if (fragment === '#settings') return { name: 'settings' };
  if (fragment === '#browser') return { name: 'browser' };
  return { name: 'desk' };
}

export function fragmentOf(view: View): string {
  switch (view.name) {
    case 'desk':
      return '#';
    case 'recording':
      return `#recording/${view.id}`;
    default:
      return `#${view.name}`;
  }
}
