/** A note at this moment. */
import { html } from 'lit';
import { captionWords } from '../words/captions.ts';

const LONGEST = 500;

export const notePart = (onNote: (text: string) => void) => {
  const add = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const field = event.currentTarget.querySelector('input');
    if (field === null) return;
    onNote(field.value);
    field.value = '';
    field.focus();
  };
  return html`<form class="note-form" @submit=${add}>
    <label class="visually-hidden" for="note">${captionWords.noteField()}</label>
    <input
      id="note"
      class="field"
      maxlength=${LONGEST}
      autocomplete="off"
      enterkeyhint="done"
      placeholder=${captionWords.noteField()}
    />
    <button class="button">${captionWords.addNote()}</button>
  </form>`;
};
