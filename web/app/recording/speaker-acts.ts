/** What is asked of the speakers of an open recording. */
import { assigned, changeSpeaker, withoutSpeaker, withSpeaker } from '../../../shared/edit/speakers.ts';
import { recordingWords } from '../words/recording.ts';
import type { Editor } from './editor.ts';
import type { SpeakerAct } from './speaker-panel.ts';

export function actOnSpeakers(editor: Editor, act: SpeakerAct): void {
  const { document } = editor;
  switch (act.act) {
    case 'add':
      editor.change(withSpeaker(document, act.name).document);
      return;
    case 'rename':
      editor.change(changeSpeaker(document, act.id, { name: act.name }));
      return;
    case 'recolour':
      editor.change(changeSpeaker(document, act.id, { colour: act.colour }));
      return;
    case 'remove':
      editor.change(withoutSpeaker(document, act.id));
      return;
    case 'close':
      editor.open('none');
      return;
  }
}

/** One with a name of its own, who says the chosen lines; the panel is there to name them. */
export function giveToNewSpeaker(editor: Editor): void {
  const { speakers } = editor.document;
  let number = speakers.length + 1;
  while (speakers.some(({ name }) => name === recordingWords.numbered(number))) number += 1;
  const { document, id } = withSpeaker(editor.document, recordingWords.numbered(number));
  editor.change(assigned(document, editor.chosen, id));
  editor.open('speakers');
}
