/** A hidden tab has no frames; there this many milliseconds are one. */
const HIDDEN_FRAME_MS = 250;

export interface OnceAFrame {
  /** `action` runs in the next frame, however often this is called before it. */
  request(): void;
  cancel(): void;
}

/** `view`: the window whose frames they are, where it is not always the page's own. */
export function onceAFrame(action: () => void, view: () => Window = () => window): OnceAFrame {
  let cancelPending: (() => void) | undefined;
  const run = () => {
    cancelPending = undefined;
    action();
  };
  return {
    request() {
      cancelPending ??= nextFrame(run, view());
    },
    cancel() {
      cancelPending?.();
      cancelPending = undefined;
    },
  };
}

/** Whichever comes first, so that a tab that is hidden in between does not wait for ever. */
function nextFrame(run: () => void, view: Window): () => void {
  let frame = 0;
  let timer = 0;
  const cancel = () => {
    view.cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  frame = view.requestAnimationFrame(once);
  timer = window.setTimeout(once, HIDDEN_FRAME_MS);
  return cancel;
}
