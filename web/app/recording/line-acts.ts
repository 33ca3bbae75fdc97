/** What the lines ask of the view. */
export type LineAct =
  /** from a word on; undefined: from the line's beginning */
  | { readonly act: 'hear'; readonly id: number; readonly word: number | undefined }
  /** with the caret there */
  | { readonly act: 'edit'; readonly id: number; readonly caret: number }
  | { readonly act: 'pick'; readonly id: number; readonly reach: 'one' | 'range' }
  | { readonly act: 'write'; readonly id: number; readonly text: string }
  /** of the line that is being written; `text`: as it stands, `caret`: in it */
  | {
      readonly act:
        | 'split-here'
        | 'merge-before'
        | 'merge-after'
        | 'above'
        | 'below'
        | 'done'
        /** by the pointer, or to somewhere else on the page */
        | 'left'
        | 'play'
        | 'undo';
      readonly id: number;
      readonly text: string;
      readonly caret: number;
    };

export const LINE_ACT = 'line-act';

export const tellAct = (from: HTMLElement, detail: LineAct): void => {
  from.dispatchEvent(new CustomEvent<LineAct>(LINE_ACT, { detail, bubbles: true, composed: true }));
};

declare global {
  interface HTMLElementEventMap {
    'line-act': CustomEvent<LineAct>;
  }
}
