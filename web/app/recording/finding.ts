/** Find and replace in an open recording. */
import { type Match, matches, type Query, replaced } from '../../../shared/edit/find.ts';
import type { Editor } from './editor.ts';
import { type FindAct, NO_QUERY } from './find-bar.ts';
import type { LineList } from './line-list.ts';
import { wordFrom } from './moves.ts';
import { mark } from './text-marks.ts';

export class Finding {
  query: Query = NO_QUERY;
  found: readonly Match[] = [];
  /** which of them is shown; -1: none */
  at = -1;
  #searched: { readonly segments: unknown; readonly query: Query } | undefined;

  /** After the document, or what is looked for, is another. */
  look({ document, panel }: Editor): void {
    const query = panel === 'find' ? this.query : NO_QUERY;
    if (this.#searched?.segments === document.segments && this.#searched.query === query) return;
    const anew = this.#searched?.query !== query;
    this.#searched = { segments: document.segments, query };
    this.found = matches(document, query);
    this.at = anew ? -1 : Math.min(this.at, this.found.length - 1);
  }

  run(editor: Editor, act: FindAct): void {
    switch (act.act) {
      case 'query':
        this.query = act.query;
        this.look(editor);
        if (this.found.length > 0) this.#show(editor, this.#nearest(editor));
        editor.page.changed();
        return;
      case 'next':
      case 'previous': {
        const count = this.found.length;
        if (count === 0) return;
        const by = act.act === 'next' ? 1 : -1;
        this.#show(editor, this.at < 0 ? 0 : (this.at + by + count) % count);
        return;
      }
      case 'replace': {
        const here = this.found[Math.max(0, this.at)];
        if (here === undefined) return;
        editor.change(replaced(editor.document, [here], act.replacement).document, { replaced: 1 });
        this.look(editor);
        if (this.found.length === 0) return;
        // What was put there may hold what is looked for: on from after it.
        const end = here.from + act.replacement.length;
        const next = this.found.findIndex(({ id, from }) => id === here.id && from >= end);
        this.#show(editor, next >= 0 ? next : Math.min(Math.max(0, this.at), this.found.length - 1));
        return;
      }
      case 'replace-all': {
        const { document, count } = replaced(editor.document, this.found, act.replacement);
        editor.change(document, { replaced: count });
        return;
      }
      case 'close':
        editor.open('none');
        return;
    }
  }

  forget(): void {
    this.query = NO_QUERY;
    this.found = [];
    this.at = -1;
    mark('sotto-found', []);
    mark('sotto-found-now', []);
  }

  /** Marks what is found on the lines that are near what is in view. */
  mark(list: LineList): void {
    const near = new Set<number>();
    if (this.found.length > 0) {
      for (const { chunk } of list.near) for (const { id } of chunk.segments) near.add(id);
    }
    const now = this.found[this.at];
    const ranges = this.found
      .filter((match) => match !== now && near.has(match.id))
      .flatMap(({ id, from, to }) => list.rangeIn(id, from, to) ?? []);
    mark('sotto-found', ranges);
    const here = now && list.rangeIn(now.id, now.from, now.to);
    mark('sotto-found-now', here === undefined ? [] : [here]);
  }

  /** The first at or after the line that the keyboard is at. */
  #nearest({ document, active }: Editor): number {
    const order = new Map(document.segments.map(({ id }, index) => [id, index]));
    const from = order.get(active?.id ?? Number.NaN) ?? 0;
    const next = this.found.findIndex(({ id }) => (order.get(id) ?? 0) >= from);
    return Math.max(0, next);
  }

  #show(editor: Editor, at: number): void {
    this.at = at;
    const match = this.found[at];
    const segment = editor.document.segments.find(({ id }) => id === match?.id);
    if (match === undefined || segment === undefined) return;
    editor.moveTo({ id: match.id, word: wordFrom(segment, match.from) });
    editor.page.reveal(match.id);
  }
}
