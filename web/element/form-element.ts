import { LitElement, type PropertyValues } from 'lit';
import { spaced } from '../../shared/transcript/spacing.ts';

/** A custom element whose text is a form's: submitted, reset, restored and validated as a textarea's is. */
export abstract class FormTextElement extends LitElement {
  static readonly formAssociated = true;
  static override get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: Lit must find the class that is being defined
    return [...super.observedAttributes, 'lang'];
  }
  protected readonly internals = this.attachInternals();
  #value = '';
  /** somebody said or set something: the attribute no longer counts, as in a textarea */
  #changed = false;
  #disabledAround = false;

  /** what the browser says of an empty element that must not be empty */
  protected abstract readonly requiredMessage: string;
  declare required: boolean;
  declare disabled: boolean;
  declare name: string | undefined;
  /** the attribute `value`: what it holds before anything is said, and after its form is reset */
  declare defaultValue: string;

  /** the whole text: what a form submits */
  get value(): string {
    return this.#value;
  }
  set value(text: string) {
    this.#changed = true;
    this.#hold(text);
  }

  /** Adds a sentence, with a space between where the script has spaces. */
  protected addText(text: string): void {
    this.value += spaced(this.#value, text);
  }

  #hold(text: string): void {
    this.#value = text;
    this.internals.setFormValue(text);
    this.#validate();
    this.requestUpdate();
  }

  /** by itself, or by the fieldset around it */
  protected get isDisabled(): boolean {
    return this.disabled || this.#disabledAround;
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

  /** @internal */
  formResetCallback(): void {
    this.#changed = false;
    this.#hold(this.defaultValue);
  }
  /** @internal */
  formStateRestoreCallback(state: unknown): void {
    if (typeof state === 'string') this.value = state;
  }
  /** @internal */
  formDisabledCallback(disabled: boolean): void {
    this.#disabledAround = disabled;
    this.requestUpdate();
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === 'value' && !this.#changed) this.#hold(this.defaultValue);
    if (name === 'required') this.#validate();
    if (name === 'lang') this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    this.#validate(); // its button is there now, and its language may have changed
  }

  #validate(): void {
    if (this.required && this.#value === '') {
      const button = this.renderRoot?.querySelector('button') ?? undefined;
      this.internals.setValidity({ valueMissing: true }, this.requiredMessage, button);
    } else {
      this.internals.setValidity({});
    }
  }
}
