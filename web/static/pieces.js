// The parts of a talk's page that every other file takes hold of: places, templates, words to say.
// Words only ever become text, never markup; markup is cloned from the <template>s that the server
// rendered with the same macros as the rest of the page.

export const log = document.getElementById("log");
export const list = log.querySelector("ol");
// Where nobody can write just now, a sentence stands in its place.
export const form = document.querySelector("form#composer");
const status = document.getElementById("talk-status");

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function slot(node, name) {
  return node.querySelector(`[data-slot="${name}"]`);
}

export function word(name) {
  const words = document.getElementById("talk-words").content;
  return words.querySelector(`[data-word="${name}"]`).textContent;
}

// Compares values instead of building a selector: an id from outside never becomes one.
export function find(where, name, value) {
  return Array.from(where.children).find((item) => item.dataset[name] === String(value));
}

// `isHeardOnly` where the same words stand on the page already.
export function say(text, isHeardOnly = false) {
  status.textContent = text;
  status.classList.toggle("out-of-sight", isHeardOnly);
}

export function said() {
  return status.textContent;
}

// Follows the talk only for someone who is at its end already; anyone else is reading. The box and
// Send stay in sight; who can read it may be below, so that more of the talk is above.
export function followingEnd(change) {
  const isAtEnd = form && form.getBoundingClientRect().top < window.innerHeight;
  change();
  if (isAtEnd) showBox();
}

export function showBox() {
  form.querySelector(".can-do").scrollIntoView({ block: "end" });
}
