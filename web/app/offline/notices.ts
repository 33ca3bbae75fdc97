/** What is seen of offline use, fetched when there is something to see: a new version, an offer to install. */
import { InstallOffer } from './install-offer.ts';
import { UpdateNotice } from './update-notice.ts';
import type { UpdateDesk } from './updates.ts';

declare global {
  interface HTMLElementTagNameMap {
    'install-offer': InstallOffer;
    'update-notice': UpdateNotice;
  }
}

export function defineInstallOffer(): void {
  if (customElements.get('install-offer') === undefined) {
    customElements.define('install-offer', InstallOffer);
  }
}

export function updateNotice(desk: UpdateDesk): UpdateNotice {
  if (customElements.get('update-notice') === undefined) {
    customElements.define('update-notice', UpdateNotice);
  }
  const notice = document.createElement('update-notice');
  notice.desk = desk;
  return notice;
}
