/** A window of captions above all others: https://wicg.github.io/document-picture-in-picture/. */

interface DocumentPictureInPicture {
  requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

const SIZE = { width: 720, height: 260 };

const api = (): DocumentPictureInPicture | undefined =>
  (window as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture;

export const hasSecondWindow = (): boolean => api() !== undefined;

export interface SecondWindow {
  /** resolves when it is closed, whoever closes it */
  readonly closed: Promise<void>;
  close(): void;
}

/** Moves an element there, under a title. Rejects with a DOMException where the browser does not open one. */
export async function openSecondWindow(element: HTMLElement, title: string): Promise<SecondWindow> {
  const pictureInPicture = api();
  if (pictureInPicture === undefined) throw new DOMException('there are none here', 'NotSupportedError');
  const opened = await pictureInPicture.requestWindow(SIZE);
  dress(opened, title);
  opened.document.body.append(element);
  return {
    closed: new Promise((resolve) => {
      opened.addEventListener('pagehide', () => resolve(), { once: true });
    }),
    close: () => opened.close(),
  };
}

/** The language and the tokens of the page. Sheets are made anew: none may be in two documents. */
function dress(opened: Window, title: string): void {
  const { documentElement: from } = document;
  const { documentElement: to, body } = opened.document;
  for (const { name, value } of from.attributes) if (name !== 'style') to.setAttribute(name, value);
  to.style.cssText = from.style.cssText;
  opened.document.title = title;
  opened.document.adoptedStyleSheets = [
    ...[...document.styleSheets].flatMap((sheet) => sheetIn(opened, textOf(sheet))),
    sheetIn(opened, 'body { block-size: 100dvh; overflow: hidden; } body > * { block-size: 100%; }'),
  ];
  body.lang = from.lang;
}

export function sheetIn(view: Window, text: string): CSSStyleSheet {
  const { CSSStyleSheet: Sheet } = view as Window & { CSSStyleSheet: typeof CSSStyleSheet };
  const sheet = new Sheet();
  sheet.replaceSync(text);
  return sheet;
}

const textOf = ({ cssRules }: CSSStyleSheet): string =>
  [...cssRules].map(({ cssText }) => cssText).join('\n');
