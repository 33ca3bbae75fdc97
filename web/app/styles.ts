import { css } from 'lit';

/** What every element shares: boxes, focus, text that only screen readers get, links between sizes. */
export const base = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1, h2, h3, p, ol, ul {
    margin: 0;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .card {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

export const controls = css`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-block-size: 2.5rem;
    padding: 0.4rem 0.95rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--surface);
    font-size: 0.9375rem;
    font-weight: 550;
    line-height: 1.25;
    color: inherit;
    text-decoration: none;
    text-wrap: balance;
    cursor: pointer;
    transition: background-color 120ms, border-color 120ms;
  }
  .button:hover {
    background: var(--sunken);
    border-color: var(--edge);
  }
  .button:disabled {
    cursor: default;
    color: var(--muted);
    background: var(--sunken);
  }
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .button.primary:hover {
    background: var(--accent-strong);
    border-color: var(--accent-strong);
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--muted);
  }
  .button.quiet:hover {
    color: var(--ink);
    background: var(--sunken);
  }
  .button.small {
    min-block-size: 2.125rem;
    padding: 0.25rem 0.7rem;
    font-size: 0.875rem;
  }
  @media (max-width: 36rem) {
    .button.small {
      min-block-size: 2.5rem;
    }
  }
  .field {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 2.5rem;
    padding: 0.4rem 0.75rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  select.field {
    padding-inline-end: 0.4rem;
    text-overflow: ellipsis;
  }
  .field::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  label {
    display: block;
    margin-block-end: 0.35rem;
    font-size: 0.875rem;
    font-weight: 550;
  }
`;
