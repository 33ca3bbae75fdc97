/** What pointers and wheels over a waveform ask for. */

export interface WaveAnswers {
  /** to the moment under the pointer */
  seek(event: MouseEvent): void;
  /** by so many pixels, to the right when positive */
  pan(pixels: number): void;
  /** around the moment under the pointer */
  zoom(factor: number, event: MouseEvent): void;
  canPan(): boolean;
}

/** Pixels that a finger moves before it means to move the picture. */
const SLOP = 8;
/** Pixels of a wheel that make the picture e times closer. */
const WHEEL = 200;

/** A mouse or pen draws the moment along; a finger moves the picture, and a tap seeks. */
export function wavePointer({ seek, pan, zoom, canPan }: WaveAnswers) {
  let held: { readonly id: number; x: number; moves: boolean } | undefined;

  return {
    down(event: PointerEvent & { readonly currentTarget: Element }): void {
      if (event.button !== 0 || held !== undefined) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held = { id: event.pointerId, x: event.clientX, moves: false };
      if (event.pointerType !== 'touch') seek(event);
    },
    move(event: PointerEvent): void {
      if (held === undefined || event.pointerId !== held.id) return;
      if (event.pointerType !== 'touch') {
        seek(event);
        return;
      }
      const by = event.clientX - held.x;
      held.moves ||= Math.abs(by) > SLOP;
      if (!held.moves) return;
      held.x = event.clientX;
      pan(-by);
    },
    up(event: PointerEvent): void {
      if (event.pointerId !== held?.id) return;
      if (event.pointerType === 'touch' && !held.moves) seek(event);
      held = undefined;
    },
    cancel(): void {
      held = undefined;
    },
    /** With Ctrl (a pinch on a touchpad, too) it zooms; sideways it moves; up and down is the page's. */
    wheel(event: WheelEvent): void {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(-event.deltaY / WHEEL), event);
        return;
      }
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (sideways === 0 || !canPan()) return;
      event.preventDefault();
      pan(sideways);
    },
  };
}
