/** What is written about the element, in its manifest and in docs/embed.md, is what the element has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROPERTIES } from '../../web/element/properties.ts';
import { ELEMENT_STATES } from '../../web/element/state.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'web/element');
const source = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('\n');
const docs = readFileSync(join(ROOT, 'docs/embed.md'), 'utf8');

interface Named {
  readonly name: string;
}
interface Manifest {
  readonly modules: readonly { readonly declarations: readonly Declaration[] }[];
}
interface Declaration {
  readonly attributes: readonly (Named & { readonly fieldName: string })[];
  readonly members: readonly (Named & { readonly kind: 'field' | 'method' })[];
  readonly events: readonly (Named & { readonly type: { readonly text: string } })[];
  readonly slots: readonly Named[];
  readonly cssParts: readonly Named[];
  readonly cssProperties: readonly Named[];
  readonly cssStates: readonly Named[];
}

const manifest: Manifest = JSON.parse(readFileSync(join(FOLDER, 'custom-elements.json'), 'utf8'));
const declaration = manifest.modules[0]?.declarations[0];
if (declaration === undefined) throw new Error('the manifest declares nothing');

const names = (of: readonly Named[]): string[] => of.map(({ name }) => name).sort();
const found = (pattern: RegExp): string[] =>
  [...new Set([...source.matchAll(pattern)].map(([, name = '']) => name))].sort();

/** Members of a class that are its users': neither private, protected, static nor marked internal. */
function publicMembers(file: string): string[] {
  const text = readFileSync(join(FOLDER, file), 'utf8').replace(/\/\*\* @internal \*\/\n.*\n/g, '');
  const members = /^ {2}(?:declare )?(?:override )?(?:async )?(?:get )?(\w+)(?:\(|:|\?:)/gm;
  const apart = new Set([
    'constructor',
    'addEventListener',
    'attributeChangedCallback',
    'set',
    'type',
    'listener',
  ]);
  return [...text.matchAll(members)].flatMap(([, name = '']) => (apart.has(name) ? [] : [name]));
}

describe('the manifest', () => {
  it('has the attributes of the properties that have one', () => {
    const attributes = Object.entries(PROPERTIES).flatMap(([field, options]) => {
      if ('state' in options) return [];
      return [[String('attribute' in options ? options.attribute : field), field]];
    });
    expect(declaration.attributes.map(({ name, fieldName }) => [name, fieldName]).sort()).toEqual(
      attributes.sort(),
    );
  });

  it('has the public members of the class', () => {
    const members = ['form-element.ts', 'running-element.ts', 'sotto-transcriber.ts'].flatMap(publicMembers);
    expect(names(declaration.members)).toEqual([...new Set(members)].sort());
  });

  it('has the events, with their classes', () => {
    const map = /interface SottoTranscriberEventMap \{(.*?)\}/s.exec(source)?.[1] ?? '';
    const events = [...map.matchAll(/(\w+): (\w+);/g)].map(([, name, type]) => [name, type]);
    expect(declaration.events.map(({ name, type }) => [name, type.text]).sort()).toEqual(events.sort());
    expect(events.length).toBeGreaterThan(3);
  });

  it('has the parts, slots, custom properties and states', () => {
    expect(names(declaration.cssParts)).toEqual(found(/part="(\w+)"/g));
    expect(names(declaration.slots)).toEqual(
      [...new Set([...source.matchAll(/<slot(?: name="(\w+)")?>/g)].map(([, name = '']) => name))].sort(),
    );
    expect(names(declaration.cssProperties)).toEqual(found(/var\((--sotto-[\w-]+)/g));
    expect(names(declaration.cssStates)).toEqual([...ELEMENT_STATES].sort());
  });

  it('has nothing that docs/embed.md does not explain', () => {
    const { attributes, members, events, cssParts, cssProperties, cssStates } = declaration;
    const all = [attributes, members, events, cssParts, cssProperties, cssStates].flatMap(names);
    expect(all.filter((name) => !docs.includes(`\`${name}`))).toEqual([]);
  });
});
