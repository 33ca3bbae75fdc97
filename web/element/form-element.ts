import { LitElement } from 'lit';

/** A custom element whose text is a form's: submitted, reset, restored, validated as a textarea's is. */
export abstract class FormTextElement extends LitElement {
  static readonly formAssociated = true;
  protected readonly internals = this.attachInternals();
  #value = '';
  #fieldsetDisabled = false;

  /** what the browser says of an empty element that must not be empty */
  protected abstract readonly requiredMessage: string;
  declare required: boolean;
  declare disabled: boolean;

  /** the whole text */
  get value(): string {
    return this.#value;
  }
  set value(text: string) {
    this.#value = text;
    this.internals.setFormValue(text);
    this.requestUpdate();
  }

  /** Adds a sentence, with a space between. */
  protected addText(text: string): void {
    this.value = this.#value === '' ? text : `${this.#value} ${text}`;
  }

  /** by itself, or by the fieldset around it */
  protected get isDisabled(): boolean {
    return this.disabled || this.#fieldsetDisabled;
  }

  /** the form it belongs to */
  get form(): HTMLFormElement | null {
    return this.internals.form;
  }
  get labels(): NodeList {
    return this.internals.labels;
  }
  get validity(): ValidityState {
    return this.internals.validity;
  }
  get validationMessage(): string {
    return this.internals.validationMessage;
  }
  get willValidate(): boolean {
    return this.internals.willValidate;
  }
  checkValidity(): boolean {
    return this.internals.checkValidity();
  }
  reportValidity(): boolean {
    return this.internals.reportValidity();
  }

  formResetCallback(): void {
    this.value = this.getAttribute('value') ?? '';
  }
  formStateRestoreCallback(state: unknown): void {
    if (typeof state === 'string') this.value = state;
  }
  formDisabledCallback(disabled: boolean): void {
    this.#fieldsetDisabled = disabled;
    this.requestUpdate();
  }

  protected override updated(): void {
    const anchor = this.renderRoot.querySelector<HTMLElement>('button, input') ?? undefined;
    if (this.required && this.#value === '') {
      this.internals.setValidity({ valueMissing: true }, this.requiredMessage, anchor);
    } else {
      this.internals.setValidity({});
    }
  }
}
