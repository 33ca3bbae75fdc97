import { css } from 'lit';

export const recordingPlayerStyles = css`
  :host {
    min-inline-size: 0;
  }
  section {
    display: grid;
    gap: 0.25rem;
    min-inline-size: 0;
  }
  sound-wave {
    overflow: hidden;
    border-radius: var(--radius-small);
    background: var(--sunken);
  }
  .picture {
    position: relative;
    min-inline-size: 0;
  }
  .progress {
    position: absolute;
    inset: auto 0.5rem 0.75rem auto;
    padding: 0.1rem 0.5rem;
    border-radius: var(--radius-small);
    background: var(--surface);
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  [type='range'] {
    inline-size: 100%;
    min-block-size: 2.5rem;
    margin: 0;
    accent-color: var(--accent);
    cursor: pointer;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
  }
  .group {
    display: flex;
    align-items: center;
    gap: 0.25rem;
  }
  .round {
    display: inline-grid;
    place-items: center;
    min-inline-size: 2.5rem;
    min-block-size: 2.5rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: transparent;
    cursor: pointer;
  }
  .round:hover {
    background: var(--sunken);
  }
  .round:disabled,
  .round[aria-disabled='true'] {
    color: var(--edge);
    background: transparent;
    cursor: default;
  }
  .round svg {
    inline-size: 1.375rem;
    block-size: 1.375rem;
  }
  .round .turn svg {
    inline-size: 1.75rem;
    block-size: 1.75rem;
    stroke-width: 1.5;
  }
  .round .five {
    grid-area: 1 / 1;
    margin-block-start: 0.125rem;
    font-size: 0.625rem;
    font-weight: 650;
    line-height: 1;
  }
  .round .turn {
    display: grid;
    grid-area: 1 / 1;
  }
  .play {
    min-inline-size: 3rem;
    min-block-size: 3rem;
    background: var(--accent);
    color: var(--on-accent);
  }
  .play:hover {
    background: var(--accent-strong);
  }
  .play:disabled {
    background: var(--sunken);
  }
  .clock {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .clock strong {
    font-weight: 600;
  }
  .speed {
    inline-size: auto;
    padding-inline: 0.5rem;
    font-variant-numeric: tabular-nums;
  }
  .end {
    margin-inline-start: auto;
  }
  .note {
    margin-block-start: 0.5rem;
    padding: 0.6rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--note-soft);
    color: var(--note-ink);
  }
`;
