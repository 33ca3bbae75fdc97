import { css } from 'lit';

export const libraryItemStyles = css`
  .item {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0.25rem 1rem;
    align-items: start;
    padding-block: 0.75rem;
    border-block-start: 1px solid var(--line);
  }
  h3 {
    font-size: 1rem;
    font-weight: 550;
  }
  h4 {
    margin-block: 0.75rem 0.25rem;
    font-size: 0.875rem;
    font-weight: 550;
  }
  .toggle {
    padding: 0;
    border: 0;
    background: none;
    text-align: start;
    font-weight: inherit;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .toggle:hover {
    text-decoration: underline;
  }
  form {
    display: flex;
    gap: 0.5rem;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: 0.25rem;
  }
  .found,
  #body {
    grid-column: 1 / -1;
  }
  #body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
  }
  .found {
    padding: 0;
    list-style: none;
    font-size: 0.9375rem;
  }
  .found time {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  audio {
    display: block;
    inline-size: 100%;
    margin-block-start: 0.5rem;
  }
  @media (max-width: 36rem) {
    .item {
      grid-template-columns: minmax(0, 1fr);
    }
    .buttons {
      justify-content: start;
    }
    .toggle {
      min-block-size: 2rem;
    }
  }
`;

export const libraryPanelStyles = css`
  section {
    display: grid;
    gap: 0.75rem;
    margin-block-start: 1rem;
    padding: 1.25rem;
  }
  h2 {
    font-size: 1.125rem;
    font-weight: 600;
  }
  .check,
  .line {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .line {
    flex-wrap: wrap;
  }
  .check input {
    flex: none;
    margin: 0;
    inline-size: 1.1rem;
    block-size: 1.1rem;
  }
  .check {
    margin: 0;
    font-size: 0.9375rem;
  }
  .note {
    padding: 0.6rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--note-soft);
    color: var(--note-ink);
  }
  .rest {
    padding-block: 0.75rem;
    border-block-start: 1px solid var(--line);
  }
  .tools {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0.75rem;
    align-items: end;
  }
  .spread {
    justify-content: space-between;
  }
  @media (max-width: 36rem) {
    .tools {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
