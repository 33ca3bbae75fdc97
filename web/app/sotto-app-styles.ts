import { css } from 'lit';

export const sottoAppStyles = css`
  .page {
    max-inline-size: 76rem;
    margin-inline: auto;
    padding: clamp(1rem, 3vw, 2.25rem) clamp(1rem, 4vw, 2.5rem) 2rem;
  }
  .top {
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    gap: 1rem;
    margin-block-end: 1.1rem;
  }
  h1 {
    font-size: 1.75rem;
    font-weight: 650;
    letter-spacing: -0.02em;
    line-height: 1.2;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    margin-inline-start: auto;
  }
  nav a {
    padding: 0.5rem 0.7rem;
    border-radius: var(--radius-small);
    color: var(--muted);
    font-size: 0.9375rem;
    text-decoration: none;
  }
  /* Nowhere else to go. */
  nav:not(:has(a + a)) {
    display: none;
  }
  nav a:hover {
    background: var(--sunken);
    color: var(--ink);
  }
  nav a[aria-current] {
    background: var(--accent-soft);
    color: var(--ink);
    font-weight: 550;
  }
  .language {
    flex: none;
    inline-size: auto;
    min-block-size: 2.5rem;
    font-size: 0.875rem;
  }
  .notices {
    position: sticky;
    inset-block-start: 0.5rem;
    z-index: 1;
    display: grid;
    gap: 0.5rem;
  }
  .notices > * {
    margin-block-start: 1rem;
  }
  @media (max-width: 36rem) {
    /* Name and language, what it is, and the views, as wide as the page: fingers reach them. */
    .top {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: center;
      gap: 0 1rem;
    }
    .top > div {
      display: contents;
    }
    .top p,
    nav {
      grid-column: 1 / -1;
    }
    .language {
      grid-area: 1 / 2;
    }
    nav {
      flex-wrap: nowrap;
      gap: 0.35rem;
      margin: 0.75rem 0 0;
    }
    nav a {
      flex: 1 1 auto;
      padding-inline: 0.5rem;
      background: var(--sunken);
      text-align: center;
    }
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.5rem;
    margin-block-start: 1.5rem;
  }
  .sources,
  .model {
    padding: 1.25rem;
  }
  reading-panel {
    margin-block-start: 1.25rem;
    padding-block-start: 1.25rem;
    border-block-start: 1px solid var(--line);
  }
  .sources {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem;
  }
  .jobs {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 0.75rem;
    min-inline-size: 0;
  }
  .jobs-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 1rem;
    min-block-size: 1.75rem;
  }
  h2 {
    font-size: 1.125rem;
    font-weight: 600;
  }
  first-run:not([hidden]) ~ .empty {
    display: none;
  }
  .empty {
    display: grid;
    gap: 0.35rem;
    justify-items: center;
    padding: clamp(2rem, 8vw, 5.5rem) 1.25rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    text-align: center;
  }
  .empty p {
    text-wrap: balance;
  }
  .empty-title {
    font-size: 1.125rem;
    font-weight: 600;
  }
  .page > footer {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1.5rem;
    margin-block-start: 2rem;
  }
  .page > footer > :first-child {
    margin-inline-end: auto;
  }
  .page > footer a {
    color: inherit;
  }
  @media (min-width: 58rem) {
    main {
      grid-template-columns: minmax(19rem, 23rem) minmax(0, 1fr);
      grid-template-rows: auto 1fr;
      gap: 1.5rem 2rem;
    }
    .jobs {
      grid-column: 2;
      grid-row: 1 / span 2;
    }
    .model {
      align-self: start;
    }
  }
`;
