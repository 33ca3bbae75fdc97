import { css } from 'lit';

export const embedPageStyles = css`
  .page {
    max-inline-size: 64rem;
    margin-inline: auto;
    padding: clamp(1rem, 3vw, 2.25rem) clamp(1rem, 4vw, 2.5rem) 2rem;
  }
  header {
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    gap: 1rem;
    margin-block-end: 1.25rem;
  }
  h1 {
    font-size: 1.75rem;
    font-weight: 650;
    line-height: 1.2;
    letter-spacing: -0.02em;
  }
  h2 {
    font-size: 1.125rem;
  }
  h3 {
    font-size: 1rem;
  }
  .language {
    flex: none;
    inline-size: auto;
  }
  main {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
    gap: 1.25rem;
  }
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 0.9rem;
    min-inline-size: 0;
    padding: 1.25rem;
  }
  .wide {
    grid-column: 1 / -1;
  }
  label {
    margin: 0;
  }
  .check,
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 0.75rem;
    align-items: center;
  }
  .check input {
    inline-size: 1.2rem;
    block-size: 1.2rem;
  }
  textarea {
    resize: vertical;
  }
  video {
    inline-size: 100%;
    border-radius: var(--radius-small);
    background: #000;
  }
  pre {
    margin: 0;
    padding: 0.9rem 1rem;
    overflow-x: auto;
    border-radius: var(--radius-small);
    background: var(--sunken);
    font-size: 0.875rem;
  }
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1.5rem;
    padding: 0;
    list-style: none;
  }
  a {
    color: var(--accent);
  }
`;
