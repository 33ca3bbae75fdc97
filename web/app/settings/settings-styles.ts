import { css } from 'lit';

/** What the sections of the settings share. */
export const sectionStyles = css`
  .section {
    padding: clamp(1rem, 3vw, 1.5rem);
  }
  h2 {
    font-size: 1.1875rem;
    font-weight: 600;
    line-height: 1.3;
  }
  h3 {
    font-size: 0.9375rem;
    font-weight: 600;
  }
  .about {
    margin-block-start: 0.3rem;
    max-inline-size: 44rem;
    color: var(--muted);
    font-size: 0.9375rem;
    text-wrap: pretty;
  }
  .block {
    margin-block-start: 1.25rem;
  }
  .hint {
    margin-block-start: 0.35rem;
    max-inline-size: 44rem;
    color: var(--muted);
    font-size: 0.8125rem;
    text-wrap: pretty;
  }
  .check {
    display: flex;
    gap: 0.6rem;
    align-items: center;
    min-block-size: 2.5rem;
    margin: 0;
    font-size: 0.9375rem;
    font-weight: 400;
  }
  .check input {
    flex: none;
    inline-size: 1.15rem;
    block-size: 1.15rem;
    margin: 0;
  }
  .field.narrow {
    max-inline-size: 24rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  .button.small {
    min-block-size: 2.5rem;
  }
  /* Where it begins a line its text does. */
  .button.quiet {
    margin-inline-start: -0.7rem;
  }
  ul {
    padding: 0;
    list-style: none;
  }
  @media (pointer: fine) {
    .button.small {
      min-block-size: 2.125rem;
    }
  }
`;
