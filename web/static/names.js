// Who is who on a talk's page. Ids come with frames; names come with the page, or are asked for.

import { list, slot, word } from "./pieces.js";

const names = {};

// Puts the name on whatever that person said already.
export function learnName(id, name) {
  names[id] = name;
  list.querySelectorAll(".said:not(.mine)").forEach((item) => {
    const place = item.dataset.sender === id && slot(item, "name");
    if (place) place.textContent = name;
  });
}

export function isKnown(sender) {
  return !sender || Object.prototype.hasOwnProperty.call(names, sender);
}

export function nameOf(sender) {
  return sender && isKnown(sender) ? names[sender] : word("someone");
}
