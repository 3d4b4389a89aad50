// Shows whether the socket is up, and keeps the count of waiting bookings in the title.
const sign = document.getElementById("vivo");
const SESSION_ENDED = 4401;
const title = document.title.replace(/^\(\d+\) /, "");

let leaving = false;
document.addEventListener("submit", ({ target }) => (leaving = target.getAttribute("action") === "/sair"));

function show(on) {
  if (!sign) return;
  sign.classList.toggle("on", on);
  sign.textContent = on ? sign.dataset.on : sign.dataset.off;
}

function count() {
  const waiting = Number(document.getElementById("painel")?.dataset.pending ?? 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

document.addEventListener("htmx:ws:after:connection", () => show(true));
document.addEventListener("htmx:ws:close", ({ detail }) => {
  show(false);
  // The session has ended on another device: nothing of it stays on the screen. Who signs out here
  // is on the way to another page already.
  if (detail.code === SESSION_ENDED && !leaving) location.replace(`/entrar?proximo=${location.pathname}`);
});
document.addEventListener("htmx:after:swap", count);
document.addEventListener("htmx:ws:after:message:incoming", count);

// How long somebody has been waiting, in the page's language.
const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });

setInterval(() => {
  for (const time of document.querySelectorAll("#painel time")) {
    const minutes = Math.round((new Date(time.dateTime) - Date.now()) / 60_000);
    if (minutes > -60) time.textContent = ago.format(Math.min(minutes, -1), "minute");
    else time.textContent = ago.format(Math.round(minutes / 60), "hour");
  }
}, 60_000);
