import { css } from 'lit';

/** A box to tick, with its words beside it. */
export const checkStyles = css`
  .check {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 2.5rem;
    margin: 0;
    font-size: 0.9375rem;
    font-weight: 400;
  }
  .check input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
  }
`;
