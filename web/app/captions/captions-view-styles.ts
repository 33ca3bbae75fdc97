import { css } from 'lit';

export const captionsViewStyles = css`
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    margin-block-start: 1.25rem;
  }
  fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    margin-block-end: 0.5rem;
    font-size: 0.875rem;
    font-weight: 550;
  }
  .controls {
    display: flex;
    flex-direction: column;
    gap: 0.9rem;
    padding: 1rem 1.25rem;
  }
  .sources {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
    gap: 0.5rem 2rem;
  }
  .sources > legend {
    grid-column: 1 / -1;
  }
  .sources select {
    margin-block-start: 0.25rem;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-block-size: 2.5rem;
    margin: 0;
    font-size: 1rem;
    font-weight: 400;
  }
  .check input {
    flex: none;
    inline-size: 1.2rem;
    block-size: 1.2rem;
    margin: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
  }
  .big {
    min-block-size: 3rem;
    padding-inline: 1.25rem;
    font-size: 1.0625rem;
  }
  .button.stop {
    border-color: var(--record);
    background: var(--record);
    color: var(--on-record);
  }
  .button.stop:hover {
    filter: brightness(0.94);
  }
  .button[aria-disabled='true'] {
    border-color: var(--line);
    background: var(--sunken);
    color: var(--muted);
    cursor: default;
  }
  .sign {
    inline-size: 0.7rem;
    block-size: 0.7rem;
    border-radius: 50%;
    background: currentcolor;
  }
  .stop .sign {
    border-radius: 2px;
  }
  .state {
    flex: 1;
    min-inline-size: min(100%, 9rem);
    color: var(--muted);
  }
  .time {
    font-size: 1.0625rem;
    font-variant-numeric: tabular-nums;
  }
  .tracks {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
    gap: 0.6rem 2rem;
    padding: 0;
    list-style: none;
  }
  .track {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-block-size: 1.5rem;
  }
  .who {
    max-inline-size: 50%;
    overflow: hidden;
    font-size: 0.9375rem;
    font-weight: 550;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  level-meter {
    flex: 1;
    forced-color-adjust: none;
  }
  .note {
    padding: 0.6rem 0.9rem;
    border-radius: var(--radius-small);
    background: var(--note-soft);
    color: var(--note-ink);
    font-size: 0.9375rem;
  }
  .tracks .note,
  .tracks error-note,
  .tracks notice-list {
    margin-block-start: 0.4rem;
  }
  .says {
    display: grid;
    gap: 0.4rem;
  }
  /* Live regions stay where they are: what is empty takes no room. */
  .tracks:not(:has(*)),
  .says:not(:has(*)) {
    margin-block-start: -0.9rem;
  }
  summary {
    inline-size: fit-content;
    padding-block: 0.5rem;
    font-size: 0.9375rem;
    cursor: pointer;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
    gap: 0.5rem 1rem;
    padding-block-start: 0.4rem;
  }
  .stage {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    block-size: clamp(15rem, 58dvh, 60rem);
  }
  .elsewhere {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 1rem;
    padding: 1rem;
    border: 1px dashed var(--edge);
    border-radius: var(--radius);
    text-align: center;
  }
  .note-form {
    display: flex;
    gap: 0.5rem;
  }
  .note-form .button {
    flex: none;
  }
  .saving {
    display: grid;
    gap: 0.5rem;
    padding: 1rem 1.25rem;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    justify-content: space-between;
    gap: 0.75rem 1.5rem;
  }
  .look {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0.5rem 0.75rem;
  }
  .size {
    flex: 1 1 7rem;
    max-inline-size: 14rem;
  }
  .scheme {
    flex: 1.3 1 10.5rem;
    max-inline-size: 14rem;
  }
  .look .check {
    margin-inline-start: 0.25rem;
  }
  .look label:not(.check) {
    margin-block-end: 0.35rem;
  }
  .size input {
    display: block;
    inline-size: 100%;
    block-size: 2.5rem;
    margin: 0;
  }
  .second {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
`;
