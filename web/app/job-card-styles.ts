import { css } from 'lit';

export const jobCardStyles = css`
  article {
    padding: 0.6rem 1rem 0.6rem 0.6rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.75rem;
  }
  h3 {
    flex: 1 1 min(11rem, 100%);
    min-inline-size: 0;
    font-size: 1rem;
    font-weight: 600;
  }
  @media (max-width: 36rem) {
    h3 {
      flex-basis: 100%;
    }
  }
  .toggle {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding: 0.25rem 0.5rem;
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    font-weight: inherit;
    text-align: start;
    cursor: pointer;
  }
  .toggle:hover {
    background: var(--sunken);
  }
  .name {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .chevron {
    flex: none;
    inline-size: 0.5rem;
    block-size: 0.5rem;
    margin-inline: 0.15rem;
    border: solid var(--muted);
    border-width: 0 2px 2px 0;
    rotate: -45deg;
    transition: rotate 120ms;
  }
  .toggle[aria-expanded='true'] .chevron {
    rotate: 45deg;
  }
  .state {
    flex: 0 1 auto;
    margin-inline-end: auto;
    padding-inline-start: 0.6rem;
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 0 0.45rem;
    color: var(--muted);
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .state::before {
    content: '';
    flex: none;
    inline-size: 0.5rem;
    block-size: 0.5rem;
    border-radius: 50%;
    background: var(--edge);
  }
  .state p + p::before {
    content: '· ' / '';
  }
  .state.busy::before,
  .state.good::before {
    background: var(--accent);
  }
  .state.live::before,
  .state.bad::before {
    background: var(--record);
  }
  .state.bad {
    color: var(--alert-ink);
  }
  .state.busy::before,
  .state.live::before {
    animation: breathe 1.8s ease-in-out infinite;
  }
  @keyframes breathe {
    50% {
      opacity: 0.35;
    }
  }
  progress-line {
    margin: 0.5rem 0 0.1rem;
    padding-inline-start: 0.5rem;
  }
  notice-list,
  error-note,
  .cancelled {
    margin: 0.6rem 0 0.35rem 0.5rem;
  }
  notice-list[empty] {
    margin: 0;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.9rem;
    padding: 0.75rem 0 0.5rem 0.5rem;
  }
  .cancelled {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.9rem;
  }
  .instead {
    padding-block: 0.25rem 0.5rem;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.6rem 1rem;
    padding-block-start: 0.9rem;
    border-block-start: 1px solid var(--line);
    font-variant-numeric: tabular-nums;
  }
  save-bar {
    flex: 1 1 100%;
  }
`;
