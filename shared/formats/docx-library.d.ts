/**
 * What is used of the library `docx`, for the programs whose types are not Node's: its own declarations bring those
 * along. The tests are checked against the library's own.
 */
export interface IRunOptions {
  readonly text?: string;
  readonly bold?: boolean;
  readonly italics?: boolean;
  readonly color?: string;
}
export declare class TextRun {
  constructor(options: IRunOptions);
}
export declare const HeadingLevel: { readonly TITLE: 'Title' };
export declare class Paragraph {
  constructor(options: {
    readonly heading?: 'Title';
    readonly spacing?: { readonly after?: number };
    readonly indent?: { readonly left?: number };
    readonly children?: readonly TextRun[];
  });
}
export declare class Document {
  constructor(options: {
    readonly title?: string;
    readonly creator?: string;
    readonly styles?: {
      readonly default?: {
        readonly document?: { readonly run?: { readonly language?: { readonly value?: string } } };
      };
    };
    readonly sections: readonly { readonly children: readonly Paragraph[] }[];
  });
}
export declare const Packer: {
  pack(file: Document, type: 'arraybuffer'): Promise<ArrayBuffer>;
};
