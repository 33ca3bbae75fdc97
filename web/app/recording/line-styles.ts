import { css, unsafeCSS } from 'lit';
import { SPEAKER_COLOURS } from '../../../shared/edit/speakers.ts';
import { cssColour } from './speaker-colours.ts';

/** `--speaker` inside what has a speaker's colour. */
export const speakerStyles = unsafeCSS(
  SPEAKER_COLOURS.map((colour) => `[data-colour='${colour}'] { --speaker: ${cssColour(colour)}; }`).join(
    '\n',
  ),
);

export const lineStyles = css`
  ${speakerStyles}
  line-chunk {
    display: block;
    content-visibility: auto;
    contain-intrinsic-block-size: auto var(--height);
  }
  line-chunk:empty {
    min-block-size: var(--height);
  }
  .line {
    display: grid;
    grid-template-columns: auto minmax(3.5rem, auto) minmax(0, 1fr);
    align-items: baseline;
    column-gap: 0.5rem;
    padding: 0.2rem 0.5rem 0.2rem 0.25rem;
    border-radius: var(--radius-small);
    scroll-margin-block: var(--above, 14rem) 6rem;
  }
  .line:hover {
    background: var(--sunken);
  }
  .line.picked {
    background: var(--accent-soft);
  }
  .line[data-spoken] {
    box-shadow: inset 3px 0 var(--accent);
  }
  .pick {
    display: none;
    grid-column: 1;
    margin: 0;
    align-self: center;
  }
  .picking .pick {
    display: grid;
    place-items: center;
    min-inline-size: 2.5rem;
    min-block-size: 2rem;
  }
  .pick input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
  }
  .time {
    grid-column: 2;
    min-block-size: 1.75rem;
    padding: 0 0.35rem;
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    color: var(--muted);
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
    text-align: end;
    cursor: pointer;
  }
  .time:hover {
    color: var(--ink);
    text-decoration: underline;
  }
  .said {
    grid-column: 3;
    padding-inline-start: 0.75rem;
    border-inline-start: 3px solid var(--speaker, transparent);
  }
  .speaker {
    display: block;
    padding-block-start: 0.35rem;
    color: var(--speaker);
    font-size: 0.875rem;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .text,
  textarea {
    max-inline-size: 68ch;
    font-size: 1.0625rem;
    line-height: 1.6;
    overflow-wrap: anywhere;
  }
  .text {
    cursor: pointer;
  }
  .word {
    border-radius: 3px;
  }
  .active .word {
    box-shadow: 0 2px var(--accent);
  }
  .unsure {
    text-decoration: underline dotted 2px var(--note-ink);
    text-underline-offset: 0.25em;
  }
  textarea {
    display: block;
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding: 0.2rem 0.4rem;
    margin: 0;
    border: 1px solid var(--edge);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: inherit;
    font-family: inherit;
    resize: none;
    field-sizing: content;
  }
  line-field {
    display: block;
  }
  ::highlight(sotto-found) {
    background: var(--note-soft);
    color: var(--note-ink);
  }
  ::highlight(sotto-found-now) {
    background: var(--note-ink);
    color: var(--note-soft);
  }
  ::highlight(sotto-spoken) {
    background: var(--accent);
    color: var(--on-accent);
  }
  @media (max-width: 36rem) {
    .line {
      grid-template-columns: auto minmax(0, 1fr);
      column-gap: 0.25rem;
      padding-inline-end: 0.25rem;
    }
    .time {
      min-block-size: 2.5rem;
      justify-self: start;
    }
    .said {
      grid-column: 1 / -1;
    }
    .line .pick {
      grid-row: 1;
    }
  }
`;
