// What every page does beyond its links and forms.

// A strip that is torn off becomes the booking sheet of the next page.
document.addEventListener("click", ({ target }) => {
  const strip = target.closest(".tabs a, .times a");
  if (strip) strip.style.viewTransitionName = "strip";
});

// After a swap the focus follows the content: to the same thing at its new place, else to the
// heading of what stands where it was.
let around = [];
document.addEventListener("focusin", ({ target }) => {
  around = [];
  for (let part = target; (part = part.parentElement?.closest("[id]")); ) around.push(part.id);
});
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body) return;
  const headings = around.map((id) => document.getElementById(id)?.querySelector("h1, h2, h3"));
  const heading = headings.find(Boolean);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
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
