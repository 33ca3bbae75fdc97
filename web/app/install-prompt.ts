/** The browser's offer to install the page as an app. It comes once, maybe before the part that shows it. */

export interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallPrompt | undefined;
let told: (() => void) | undefined;

export function keepInstallPrompt(): void {
  const change = (to: InstallPrompt | undefined) => {
    offered = to;
    told?.();
  };
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault(); // it is offered quietly instead
    change(event as InstallPrompt);
  });
  window.addEventListener('appinstalled', () => change(undefined));
}

/** Calls `listener` now and whenever it changes; undefined: nothing to offer. */
export function watchInstallPrompt(listener: (prompt: InstallPrompt | undefined) => void): void {
  told = () => listener(offered);
  told();
}
