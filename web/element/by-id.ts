/** The element of an id in the same tree: the page's, or that of the shadow root that both are in. */
export function byId(root: Node, id: string): HTMLElement | undefined {
  const scope = root instanceof Document || root instanceof ShadowRoot ? root : document;
  return scope.getElementById(id) ?? undefined;
}
