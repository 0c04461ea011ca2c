/** Registers an element unless the name is taken; does nothing where there are no custom elements (Node). */
export function defineElement(name: string, element: CustomElementConstructor): void {
  if (typeof customElements === 'undefined' || customElements.get(name)) return
  customElements.define(name, element)
}
