/** Defining custom elements, whichever registry the page ends up with. */

const elements = new Map<string, CustomElementConstructor>();
const registry = window.customElements;

const defineIn = (
  target: CustomElementRegistry,
  tag: string,
  element: CustomElementConstructor,
): void => {
  if (!target.get(tag)) {
    target.define(tag, element);
  }
};

/** Define an element, unless another copy of this module has. */
export const define = (tag: string, element: CustomElementConstructor): void => {
  elements.set(tag, element);
  defineIn(window.customElements, tag, element);
};

// The frontend may replace the registry by its polyfill for scoped ones after this module ran.
// It has done so before it defines its own root element.
void registry.whenDefined("home-assistant").then(() => {
  if (window.customElements !== registry) {
    for (const [tag, element] of elements) {
      defineIn(window.customElements, tag, element);
    }
  }
});
