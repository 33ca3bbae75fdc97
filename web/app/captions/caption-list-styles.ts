import { css } from 'lit';

export const captionListStyles = css`
  :host {
    position: relative;
    display: flex;
    min-block-size: 0;
    --text: var(--ink);
    --faint: var(--muted);
    --back: var(--surface);
    --rule: var(--line);
    --you: var(--accent);
    --others: var(--record);
    --mark: var(--note-ink);
  }
  :host([scheme='white-on-black']),
  :host([scheme='yellow-on-black']) {
    color-scheme: dark;
    --text: #ffffff;
    --faint: #b9b9b9;
    --back: #000000;
    --rule: #6a6a6a;
    --you: #7ee8ff;
    --others: #ffd84d;
    --mark: #d6d6d6;
  }
  :host([scheme='yellow-on-black']) {
    --text: #ffee58;
    --faint: #c2b545;
    --others: #ffb199;
  }
  :host([scheme='black-on-white']) {
    color-scheme: light;
    --text: #000000;
    --faint: #545454;
    --back: #ffffff;
    --rule: #767676;
    --you: #00504f;
    --others: #8a0f0f;
    --mark: #3d3d3d;
  }
  .scroller {
    position: relative;
    flex: 1;
    min-inline-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: clamp(0.75rem, 2.5vw, 1.75rem);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    background: var(--back);
    color: var(--text);
    font-size: var(--size, 2rem);
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  :host([place='window']) .scroller {
    border: 0;
    border-radius: 0;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
    outline-color: var(--you);
  }
  .lines {
    padding: 0;
    margin: 0;
    list-style: none;
  }
  .lines > li,
  .open {
    max-inline-size: 46ch;
    padding-block: 0.08em;
    text-wrap: pretty;
  }
  .head {
    display: block;
    margin-block: 0.9em 0.15em;
    font-size: max(0.8125rem, 0.42em);
    font-weight: 600;
    line-height: 1.4;
  }
  .lines > li:first-child .head {
    margin-block-start: 0;
  }
  .head time {
    margin-inline-start: 0.4em;
    color: var(--faint);
    font-weight: 400;
  }
  time {
    font-variant-numeric: tabular-nums;
  }
  .head time:first-child {
    margin-inline-start: 0;
  }
  .you {
    color: var(--you);
  }
  .others {
    color: var(--others);
  }
  .aside {
    margin-block: 0.5rem;
    padding-inline-start: 0.75rem;
    border-inline-start: 3px solid var(--rule);
    color: var(--mark);
    font-size: max(1rem, 0.6em);
  }
  .tentative {
    color: var(--faint);
  }
  .empty {
    color: var(--faint);
    font-size: min(var(--size, 2rem), 1.75rem);
    text-wrap: balance;
  }
  .newest {
    position: absolute;
    inset-block-end: 1rem;
    inset-inline: 0;
    display: flex;
    justify-content: center;
    pointer-events: none;
  }
  .newest .button {
    min-block-size: 2.75rem;
    pointer-events: auto;
    border-color: var(--text);
    background: var(--back);
    color: var(--text);
    box-shadow: var(--shadow);
  }
  .newest .button:hover {
    border-color: var(--you);
  }
  @media (forced-colors: active) {
    .tentative {
      color: GrayText;
    }
  }
`;
