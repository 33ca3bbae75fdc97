import type { TransferParts, Transfers } from './transfers.ts';

/** Fetched when something is taken out or in for the first time; tried again where that failed. */
export function lateTransfers(parts: TransferParts): Transfers {
  let transfers: Promise<Transfers> | undefined;
  const fetched = (): Promise<Transfers> => {
    transfers ??= import('./transfers.ts').then(
      ({ createTransfers }) => createTransfers(parts),
      (thrown: unknown) => {
        transfers = undefined;
        throw thrown;
      },
    );
    return transfers;
  };
  return {
    pack: async () => (await fetched()).pack(),
    unpack: async (archive) => (await fetched()).unpack(archive),
  };
}
