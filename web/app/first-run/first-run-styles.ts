import { css } from 'lit';

export const firstRunStyles = css`
  section {
    padding: clamp(1.1rem, 3vw, 1.75rem);
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    margin-block-start: -0.4rem;
  }
  .head .button {
    margin-inline-end: -0.6rem;
  }
  h3 {
    margin: 0;
    font-size: 1.25rem;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  ol {
    display: grid;
    gap: 1.1rem;
    margin-block: 1rem 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 2rem minmax(0, 1fr);
    gap: 0 0.85rem;
  }
  .number {
    grid-row: span 3;
    display: grid;
    place-items: center;
    inline-size: 2rem;
    block-size: 2rem;
    border: 1.5px solid var(--edge);
    border-radius: 50%;
    font-size: 0.9375rem;
    font-weight: 600;
  }
  [aria-current] .number {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  .done .number {
    border-color: transparent;
    background: var(--accent-soft);
  }
  .what {
    align-self: center;
    padding-block: 0.2rem;
    font-weight: 600;
  }
  .what + p {
    color: var(--muted);
    font-size: 0.9375rem;
  }
  li .button,
  .better .button {
    justify-self: start;
    margin-block-start: 0.6rem;
  }
  .better p {
    margin-block-start: 0.4rem;
  }
`;
