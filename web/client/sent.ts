/** What goes out of this browser, told where it happens: neither sound nor text, only that, when and where to. */

export type Sent =
  /** `windows` 0: a connection, over which nothing has been said yet */
  | { readonly kind: 'sound'; readonly host: string; readonly windows: number; readonly seconds: number }
  /** a model's files: `requests` asked for, `bytes` that came back */
  | {
      readonly kind: 'model';
      readonly host: string;
      readonly model: string;
      readonly requests: number;
      readonly bytes: number;
    }
  /** an address that the visitor gave is read from there */
  | { readonly kind: 'address'; readonly url: string };

export type TellSent = (sent: Sent) => void;

declare global {
  interface WindowEventMap {
    /** what the element sends, for a page that wants to write it down */
    'sotto-sent': CustomEvent<Sent>;
  }
}
