// Folds what holds a word that whoever reads here would rather not meet. The page holds their own
// words; nothing is sent anywhere. The server does the same (chat/muted_words.py) for what it shows.

import { clone, log, slot } from "./pieces.js";

const BETWEEN = /[\s!-/:-@[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f]+/;
const UNSEEN = /[\u0300-\u036f\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const ENDINGS = ["", "s", "es", "d", "ed", "ing"];
const DOUBLED = ["ed", "ing"];
const WITHOUT_E = ["ing"];
const WITHOUT_Y = ["ies", "ied"];
const unmet = JSON.parse(log.dataset.unmet || "[]");

function cut(text) {
  const plain = text.normalize("NFKD").replace(UNSEEN, "").toLowerCase();
  return plain.split(BETWEEN).filter(Boolean);
}

function ends(found, stem, endings) {
  return found.startsWith(stem) && endings.indexOf(found.slice(stem.length)) >= 0;
}

function isSame(found, meant) {
  const letters = Array.from(meant);
  const last = letters.pop();
  const stem = letters.join("");
  return ends(found, meant, ENDINGS) || ends(found, meant + last, DOUBLED)
    || (last === "e" && ends(found, stem, WITHOUT_E))
    || (last === "y" && ends(found, stem, WITHOUT_Y));
}

function standsAt(words, row, at) {
  return row.every((meant, place) =>
    place < row.length - 1 ? words[at + place] === meant : isSame(words[at + place] || "", meant));
}

export function holdsUnmet(text) {
  if (!unmet.length) return false;
  const words = cut(text);
  return unmet.some((row) => words.some((_, at) => standsAt(words, row, at)));
}

// Who wrote and when stays in sight; the rest opens on wish.
export function foldUnmet(item) {
  const parts = ["reply", "noted", "words"].map((name) => slot(item, name)).filter(Boolean);
  const outer = parts.filter((part) => part.parentNode === item);
  if (!outer.length || !holdsUnmet(outer.map((part) => part.textContent).join("\n"))) return;
  const fold = clone("unmet-template");
  item.insertBefore(fold, outer[0]);
  outer.forEach((part) => fold.append(part));
}
