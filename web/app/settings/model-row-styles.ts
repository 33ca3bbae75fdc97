import { css } from 'lit';

export const modelRowStyles = css`
  .model {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.5rem 1.5rem;
    padding-block: 0.85rem;
    border-block-start: 1px solid var(--line);
  }
  .text {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.15rem;
  }
  .actions .hint {
    margin: 0;
  }
  /* It stays, so that what comes into it is read out; only the gap before it goes. */
  p.news:empty {
    margin-block-start: -0.5rem;
  }
  @media (min-width: 44rem) {
    .model {
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: center;
    }
    .actions {
      justify-content: end;
      max-inline-size: 22rem;
    }
    .ask,
    .work,
    .news {
      grid-column: 1 / -1;
    }
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.5rem;
    align-items: baseline;
  }
  h3 {
    font-size: 1rem;
    overflow-wrap: anywhere;
  }
  .tag {
    padding: 0.1em 0.55em;
    border-radius: 1em;
    background: var(--sunken);
    font-size: 0.8125rem;
    white-space: nowrap;
  }
  .tag.use {
    background: var(--accent-soft);
  }
  .tag.note {
    background: var(--note-soft);
    color: var(--note-ink);
  }
  .state {
    font-size: 0.9375rem;
  }
  .mark {
    display: inline-block;
    inline-size: 0.6rem;
    block-size: 0.6rem;
    margin-inline-end: 0.5rem;
    border: 2px solid var(--edge);
    border-radius: 50%;
  }
  [data-presence='whole'] .mark,
  [data-presence='cpu'] .mark {
    border-color: var(--accent);
    background: var(--accent);
  }
  [data-presence='part'] .mark {
    border-color: var(--accent);
    background: linear-gradient(90deg, var(--accent) 50%, transparent 50%);
  }
  .can,
  details {
    color: var(--muted);
    font-size: 0.875rem;
  }
  summary {
    inline-size: fit-content;
    padding-block: 0.2rem;
    border-radius: var(--radius-small);
    cursor: pointer;
  }
  .work {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 1rem;
    align-items: start;
    max-inline-size: 34rem;
  }
  .ask {
    display: grid;
    gap: 0.6rem;
    justify-items: start;
    padding: 0.75rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--note-soft);
    color: var(--note-ink);
    font-size: 0.9375rem;
  }
  .ask .button {
    color: var(--ink);
  }
  .news {
    font-size: 0.9375rem;
  }
  .news.bad {
    display: grid;
    gap: 0.6rem;
    justify-items: start;
    padding: 0.75rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--alert-soft);
    color: var(--alert-ink);
  }
  .news.bad .button {
    color: var(--ink);
  }
  .news code {
    overflow-wrap: anywhere;
    font-size: 0.8125rem;
  }
`;
