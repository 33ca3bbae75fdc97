import { test } from '@playwright/test';
import { type ServedPage, servePage } from '../../support/page/serve.ts';

/** The real page with a transcriber that the tests drive, for as long as a file or a group of tests runs. */
export function useServedPage(): { readonly url: string } {
  let served: ServedPage | undefined;
  test.beforeAll(async () => {
    served = await servePage();
  });
  test.afterAll(() => served?.close());
  return {
    get url() {
      if (served === undefined) throw new Error('only within tests');
      return served.url;
    },
  };
}
