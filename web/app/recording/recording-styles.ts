import { css } from 'lit';

export const recordingStyles = css`
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
    margin-block-start: 1.25rem;
  }
  .head {
    display: grid;
    gap: 0.2rem;
  }
  .back {
    justify-self: start;
    padding-block: 0.35rem;
    color: var(--muted);
    font-size: 0.9375rem;
    text-decoration: none;
  }
  .back:hover {
    color: var(--ink);
    text-decoration: underline;
  }
  h2 {
    font-size: 1.375rem;
    font-weight: 600;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .note {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.6rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--note-soft);
    color: var(--note-ink);
  }
  .note .button {
    color: var(--ink);
  }
  .top {
    position: relative;
    z-index: 2;
    display: grid;
    gap: 0.5rem;
    padding: 0.75rem;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.375rem;
  }
  .tools .button {
    flex: none;
    padding-inline: 0.7rem;
  }
  .tools [aria-pressed='true'],
  .tools [aria-expanded='true'] {
    border-color: var(--accent);
    background: var(--accent-soft);
  }
  .kept {
    min-inline-size: 5rem;
    margin-inline-start: auto;
    text-align: end;
  }
  .panel {
    padding-block-start: 0.6rem;
    border-block-start: 1px solid var(--line);
  }
  .text {
    padding: 0.75rem;
  }
  line-bar {
    position: sticky;
    inset-block-end: 0.5rem;
    z-index: 2;
    min-inline-size: 0;
  }
  footer {
    display: grid;
    gap: 0.5rem;
    padding: 0.75rem 1rem;
  }
  summary {
    inline-size: fit-content;
    padding-block: 0.5rem;
    border-radius: var(--radius-small);
    font-weight: 550;
    cursor: pointer;
  }
  .heard {
    justify-self: start;
  }
  @media (max-width: 36rem) {
    .tools {
      flex-wrap: nowrap;
      overflow-x: auto;
      overscroll-behavior-x: contain;
      margin: -0.4rem;
      padding: 0.4rem;
    }
    .text {
      padding: 0.5rem 0.25rem;
    }
  }
  @media (min-width: 48rem) and (min-height: 52rem) {
    .top {
      position: sticky;
      inset-block-start: 0.5rem;
    }
  }
`;
