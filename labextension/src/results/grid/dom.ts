// Elements of a grid.

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(label: string, act: () => void, className = "rdit-quiet-button") {
  const made = element("button", className, { type: "button" }, label);
  made.addEventListener("click", act);
  return made;
}

/// Writes into the text that is there: another text of the same element changes no style, another child may.
export function setText(element: Element, text: string): void {
  const { firstChild } = element;
  if (firstChild?.nodeType !== Node.TEXT_NODE || firstChild.nextSibling) {
    if (element.textContent !== text) element.textContent = text;
  } else if (firstChild.nodeValue !== text) firstChild.nodeValue = text;
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
