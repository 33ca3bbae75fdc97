/** Apart from the schemas in window-session.ts, so that a page need not carry the schema library. */
export const WINDOW_PATH = '/v1/windows';
export const WINDOW_PROTOCOL = 'sotto.windows.1';
