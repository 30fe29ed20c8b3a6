/** Why new events wait instead of being shown at once: nothing moves while somebody is busy with a row. */

export class Hold {
  #isPressed = false;
  #isFocused = false;
  #releasing: ReturnType<typeof setTimeout> | undefined;

  /** `onChange` is called when a row is let go. */
  constructor(private readonly onChange: () => void) {}

  get active(): boolean {
    return this.#isPressed || this.#isFocused;
  }

  readonly press = (): void => {
    clearTimeout(this.#releasing);
    this.#isPressed = true;
    window.addEventListener("pointerup", this.#letGo);
    window.addEventListener("pointercancel", this.#letGo);
  };

  readonly focusIn = ({ target }: FocusEvent): void => {
    // Who clicks may go on watching; who moves along the rows by keyboard must not lose the place.
    this.#isFocused = target instanceof Element && target.matches(":focus-visible");
  };

  readonly focusOut = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && (currentTarget as Node).contains(relatedTarget))) {
      this.#isFocused = false;
      this.onChange();
    }
  };

  stop(): void {
    window.removeEventListener("pointerup", this.#letGo);
    window.removeEventListener("pointercancel", this.#letGo);
    clearTimeout(this.#releasing);
    this.#isPressed = false;
    this.#isFocused = false;
  }

  /** The click follows a moment later. */
  readonly #letGo = (): void => {
    window.removeEventListener("pointerup", this.#letGo);
    window.removeEventListener("pointercancel", this.#letGo);
    this.#releasing = setTimeout(() => {
      this.#isPressed = false;
      this.onChange();
    }, 300);
  };
}
