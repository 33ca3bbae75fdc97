/** The site that scripts on other people's pages get everything from, and what it says of itself. */
import { ownSite } from './places.ts';
import { fetchSiteConfig, type SiteConfig } from './site-config.ts';

/** Where models come from unless the site says otherwise. */
export const HUB = 'https://huggingface.co';

/** Its address, with a slash at its end. `server`: as a page gives it; undefined: this script's own. */
export const siteOf = (server: string | undefined): string =>
  server === undefined ? ownSite() : new URL('./', new URL(server, document.baseURI)).href;

/** For as long as the page is open. */
const configs = new Map<string, Promise<SiteConfig | undefined>>();

/**
 * What a site says of itself. One that says nothing may be a mere copy of Sotto's files: then the hub is the usual one,
 * there is no server, and whoever made the page can read why.
 */
export function configOf(site: string): Promise<SiteConfig | undefined> {
  const known = configs.get(site);
  if (known !== undefined) return known;
  const asked = fetchSiteConfig(site).catch((thrown: unknown) => {
    configs.delete(site);
    console.warn(`Sotto: ${site} does not say where its models are; taken to be ${HUB}.`, thrown);
    return undefined;
  });
  configs.set(site, asked);
  return asked;
}
