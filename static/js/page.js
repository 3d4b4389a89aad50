// What every page does beyond its links and forms.

// A strip that is torn off becomes the booking sheet of the next page.
let torn;
document.addEventListener("click", ({ target }) => {
  const strip = target.closest(".tabs a, .times a");
  if (!strip) return;
  torn?.style.removeProperty("view-transition-name");
  torn = strip;
  torn.style.viewTransitionName = "strip";
});

// When a swap takes the focus away, it follows the content: to the same thing if it only moved, or
// to the heading of what it belonged to, or of what stands there now.
let focused, around, swapping;
document.addEventListener("focusin", ({ target }) => {
  focused = target;
  around = [];
  for (let part = target; (part = part.parentElement?.closest("[id]")); ) around.push(part.id);
});
document.addEventListener("focusout", () => {
  // Left by the reader, and not by a swap.
  if (!swapping) focused = null;
});
document.addEventListener("htmx:before:swap", () => (swapping = true));
document.addEventListener("htmx:after:swap", () => {
  swapping = false;
  if (!focused || document.activeElement !== document.body) return;
  const parts = around.map((id) => document.getElementById(id));
  const heading = parts.map((part) => part?.querySelector("h1, h2, h3")).find(Boolean);
  const next = focused.isConnected ? focused : heading;
  // A heading takes the focus only with this, and a morph takes it off again.
  if (next?.matches("h1, h2, h3")) next.tabIndex = -1;
  next?.focus();
});

// Browsers that don't know command="show-modal" yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[commandfor]");
    if (!button) return;
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}

document.addEventListener("click", ({ target }) => target.closest(".dismiss")?.parentElement.remove());

// Keeps a page to show when there is no network; everything else works without it.
addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => {}));
