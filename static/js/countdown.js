// Counts down how long a time is kept; without this the page says until when.
function tick() {
  for (const countdown of document.querySelectorAll(".countdown")) {
    const seconds = Math.ceil((new Date(countdown.dataset.until) - Date.now()) / 1000);
    const time = countdown.querySelector("time");
    if (seconds > 0) {
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    } else if (!countdown.classList.contains("lapsed")) {
      countdown.classList.add("lapsed");
      countdown.textContent = countdown.dataset.lapsed;
      countdown.setAttribute("role", "status");
    }
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
document.addEventListener("htmx:ws:after:message:incoming", tick);
