import { css } from 'lit';

/**
 * Light and dark by the `color-scheme` of what is around. Every colour can be set:
 * --sotto-accent, -on-accent, -record, -on-record, -surface, -ink, -muted, -line, -alert; and -radius.
 */
export const styles = css`
  :host {
    --accent: var(--sotto-accent, light-dark(#0e6a5b, #74d3bb));
    --on-accent: var(--sotto-on-accent, light-dark(#fff, #06231c));
    --record: var(--sotto-record, light-dark(#bd2f25, #ff8476));
    --muted: var(--sotto-muted, light-dark(#58615c, #a5afa9));
    --line: var(--sotto-line, light-dark(#dddbd2, #3a423f));
    display: block;
    color: var(--sotto-ink, light-dark(#1b211e, #e9ece9));
    line-height: 1.5;
  }
  :host([hidden]) {
    display: none;
  }
  .frame {
    position: relative;
    display: grid;
    gap: 0.5em;
    padding: 0.75em;
    border: 1px solid var(--line);
    border-radius: var(--sotto-radius, 0.9em);
    background: var(--sotto-surface, light-dark(#fff, #1b1f1d));
  }
  .file {
    border-style: dashed;
  }
  .over,
  .listening {
    border-color: var(--accent);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em 0.75em;
    align-items: center;
  }
  button {
    display: inline-flex;
    gap: 0.5em;
    align-items: center;
    min-block-size: 2.75em;
    padding: 0.3em 1.1em;
    border: 1px solid var(--accent);
    border-radius: 9em;
    background: var(--accent);
    color: var(--on-accent);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  .loading button,
  .waiting button,
  .reading button,
  .finishing button {
    background: none;
    color: var(--accent);
  }
  .listening button {
    border-color: var(--record);
    background: var(--record);
    color: var(--sotto-on-record, light-dark(#fff, #2c0603));
  }
  button:disabled {
    border-color: var(--line);
    background: none;
    color: var(--muted);
    cursor: default;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  .dot {
    inline-size: 0.7em;
    block-size: 0.7em;
    border-radius: 50%;
    background: currentColor;
  }
  .listening .dot {
    border-radius: 2px;
  }
  svg {
    inline-size: 5em;
    block-size: 0.5em;
    border-radius: 9em;
    fill: var(--record);
  }
  progress {
    inline-size: 100%;
    block-size: 0.4em;
    accent-color: var(--accent);
  }
  .muted,
  i {
    color: var(--muted);
    font-style: normal;
  }
  .small,
  .error {
    font-size: 0.875em;
  }
  .text {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .error {
    margin: 0 0 0.5em;
    color: var(--sotto-alert, light-dark(#8c2118, #ffb4a8));
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
`;
