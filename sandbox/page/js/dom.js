/** Builds DOM nodes. Text from outside only ever becomes a text node; nothing in this page parses HTML. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate", "textContent"]);

function assign(node, name, value) {
  if (value === undefined || value === null) return;
  if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "class") node.classList.add(...value.split(" ").filter(Boolean));
  else if (PROPERTIES.has(name)) node[name] = value;
  else if (value === true) node.setAttribute(name, "");
  else if (value !== false) node.setAttribute(name, value);
}

/** `el("button.primary", {type: "button", on: {click}}, "Save")`; children nest in lists, empty ones are skipped. */
export function el(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) assign(node, name, value);
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  return append(node, children);
}

/** An id no other node of this page has, for aria references. */
export function freshId(prefix) {
  return `${prefix}-${Math.random().toString(36).slice(2, 12)}`;
}

export function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable='true']");
}

const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

/** The address when it may be followed from this page, else null. */
export function safeHref(url) {
  return typeof url === "string" && SAFE_LINK.test(url.trim()) ? url.trim() : null;
}

export function link(url, ...label) {
  const href = safeHref(url);
  if (!href) return el("span.dead-link", { title: url }, ...label);
  return el("a.link", { href, target: "_blank", rel: "noopener noreferrer" }, ...label);
}
