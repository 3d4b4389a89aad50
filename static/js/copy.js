// Buttons that copy what is in a field; they are hidden where nothing can be copied.
function show() {
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.textContent = button.dataset.copied;
});

show();
document.addEventListener("htmx:after:swap", show);
document.addEventListener("htmx:ws:after:message:incoming", show);
