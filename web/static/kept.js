// What outlives a reload of the page, in this tab only.

export function recall(key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(key));
  } catch (refused) {
    return null;
  }
}

export function remember(key, value) {
  try {
    window.sessionStorage.setItem(key, JSON.stringify(value));
  } catch (refused) {
    // No storage here: a reload then loses a draft, and nothing else.
  }
}
