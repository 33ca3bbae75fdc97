import 'sotto/element';
import { useState } from 'react';
import type { SottoErrorEvent, SottoFinalEvent, SottoTranscriber } from 'sotto/element';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'sotto-transcriber': React.DetailedHTMLProps<
        React.HTMLAttributes<SottoTranscriber>,
        SottoTranscriber
      > & {
        mode?: 'dictation' | 'captions' | 'file';
        model?: string;
        onfinal?: (event: SottoFinalEvent) => void;
        onerror?: (event: SottoErrorEvent) => void;
      };
    }
  }
}

export function Note() {
  const [text, setText] = useState('');
  return (
    <>
      <sotto-transcriber model="onnx-community/whisper-base" onfinal={(event) => setText(event.text)} />
      <p>{text}</p>
    </>
  );
}
