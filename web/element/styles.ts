import { css } from 'lit';

/** Custom properties, all with a default: --sotto-accent, -on-accent, -surface, -ink, -muted, -line, -alert, -radius. */
export const styles = css`
  :host {
    --accent: var(--sotto-accent, light-dark(#0e6a5b, #74d3bb));
    --on-accent: var(--sotto-on-accent, light-dark(#fff, #06231c));
    --surface: var(--sotto-surface, light-dark(#fff, #1b1f1d));
    --ink: var(--sotto-ink, light-dark(#1b211e, #e9ece9));
    --muted: var(--sotto-muted, light-dark(#58615c, #a5afa9));
    --line: var(--sotto-line, light-dark(#dddbd2, #323937));
    --alert: var(--sotto-alert, light-dark(#8c2118, #ffb4a8));
    display: block;
    color: var(--ink);
    font: inherit;
  }
  :host([hidden]) {
    display: none;
  }
  .frame {
    display: grid;
    gap: 0.5rem;
    padding: 0.6rem;
    border: 1px solid var(--line);
    border-radius: var(--sotto-radius, 12px);
    background: var(--surface);
  }
  .frame.over {
    border-color: var(--accent);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 0.7rem;
    align-items: center;
  }
  button,
  .choose {
    display: inline-flex;
    gap: 0.45em;
    align-items: center;
    min-block-size: 2.5rem;
    padding: 0.3rem 0.95rem;
    border: 1px solid var(--accent);
    border-radius: 999px;
    background: var(--accent);
    color: var(--on-accent);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button.quiet {
    border-color: var(--line);
    background: none;
    color: inherit;
  }
  button:disabled {
    opacity: 0.55;
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
  .on .dot {
    border-radius: 2px;
  }
  meter {
    inline-size: 5rem;
    block-size: 0.6rem;
  }
  p {
    margin: 0;
  }
  .status,
  .place {
    color: var(--muted);
    font-size: 0.875em;
  }
  .text {
    overflow-wrap: anywhere;
  }
  .tentative {
    color: var(--muted);
  }
  .error {
    color: var(--alert);
    font-size: 0.9375em;
  }
  input {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    opacity: 0;
  }
  input:focus-visible + .choose {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
`;
