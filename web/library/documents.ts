/** What people make of the texts that are kept. */
import { type Document, heardDocument, isAsHeard } from '../../shared/edit/document.ts';
import { fromStored, toStored } from '../../shared/edit/stored.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { EditLock } from './edit-lock.ts';
import type { IndexStore } from './port.ts';

export interface KeptDocument {
  readonly document: Document;
  /** what it was made of */
  readonly heard: readonly Segment[];
  /** 0: as it was heard */
  readonly revision: number;
}

export interface Documents {
  /** As edited, else as it was heard. */
  document(id: string): Promise<KeptDocument>;
  /**
   * Writes it in place of the one that `before` tells of. Resolves with what is kept then; with undefined, and nothing is
   * written, where that is not the newest any more, or the recording is gone. Throws DOMException `QuotaExceededError`
   * where there is no room.
   */
  saveDocument(
    id: string,
    document: Document,
    before: Pick<KeptDocument, 'heard' | 'revision'>,
  ): Promise<KeptDocument | undefined>;
  /** Only who holds it is to save. */
  readonly editing: EditLock;
}

export function createDocuments({
  index,
  editing,
  onSaved,
}: {
  readonly index: Pick<IndexStore, 'segments' | 'document' | 'putDocument'>;
  readonly editing: EditLock;
  readonly onSaved: (id: string) => void;
}): Documents {
  return {
    editing,
    async document(id) {
      const [heard, record] = await Promise.all([index.segments(id), index.document(id)]);
      const document = record === undefined ? heardDocument(heard) : fromStored(record.document, heard);
      return { document, heard, revision: record?.revision ?? 0 };
    },
    async saveDocument(id, document, { heard, revision }) {
      const stored = isAsHeard(document, heard) ? undefined : toStored(document, heard);
      const next = await index.putDocument(id, stored, revision);
      if (next === undefined) return undefined;
      onSaved(id);
      return { document, heard, revision: next };
    },
  };
}
