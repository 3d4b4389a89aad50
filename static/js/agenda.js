// Choosing a stretch of the week by dragging or with the keys fills the form below the grid.
const STEP = 30;
const chosen = document.getElementById("agenda-escolha");
const form = document.getElementById("periodo");

// The stretch that is chosen: a day, and minutes after its midnight.
let selection, dragFrom;

const wall = () => document.querySelector(".wall-of-week");
const days = () => [...document.querySelectorAll(".blocks")].filter((day) => day.offsetParent);
const clock = (minutes) =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const limits = () => [60 * wall().dataset.from, 60 * wall().dataset.to];

function draw() {
  document.querySelectorAll(".selection").forEach((old) => old.remove());
  if (!selection) return;
  const { day, begin, end } = selection;
  const column = document.querySelector(`.blocks[data-day="${day}"]`);
  if (!column) return;
  const mark = document.createElement("li");
  const length = end - begin;
  mark.className =
    `selection h${Math.floor(begin / 60)} m${begin % 60} dh${Math.floor(length / 60)} dm${length % 60}`;
  mark.ariaHidden = "true";
  column.append(mark);
  chosen.textContent = `${column.dataset.name}, ${clock(begin)} – ${clock(end)}`;
}

function choose(day, begin, end) {
  const [first, last] = limits();
  selection = { day, begin: Math.max(first, begin), end: Math.min(last, end) };
  draw();
}

function fill() {
  form.elements.dia.value = selection.day;
  form.elements.ateDia.value = "";
  form.elements.inicio.value = clock(selection.begin);
  form.elements.fim.value = clock(selection.end);
  form.scrollIntoView({ block: "nearest" });
  form.querySelector("button").focus({ preventScroll: true });
}

function minuteAt(column, y) {
  const { top, height } = column.getBoundingClientRect();
  const [first, last] = limits();
  const minute = first + ((y - top) / height) * (last - first);
  return Math.min(last - STEP, Math.max(first, Math.floor(minute / STEP) * STEP));
}

document.addEventListener("pointerdown", (event) => {
  const column = event.target.closest(".blocks");
  if (!column || event.button || event.target.closest("a, button")) return;
  const minute = minuteAt(column, event.clientY);
  dragFrom = { column, minute };
  choose(column.dataset.day, minute, minute + STEP);
  // A finger scrolls the page; a tap chooses an hour.
  if (event.pointerType === "touch") choose(column.dataset.day, minute, minute + 2 * STEP);
  else event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (!dragFrom || event.pointerType === "touch") return;
  const minute = minuteAt(dragFrom.column, event.clientY);
  choose(
    dragFrom.column.dataset.day,
    Math.min(minute, dragFrom.minute),
    Math.max(minute, dragFrom.minute) + STEP,
  );
});
document.addEventListener("pointercancel", () => {
  dragFrom = selection = null;
  draw();
});
document.addEventListener("pointerup", () => {
  if (dragFrom) fill();
  dragFrom = null;
});

document.addEventListener("keydown", (event) => {
  if (event.target !== wall()) return;
  const shown = days();
  if (event.key === "Escape") selection = null;
  else if (event.key === "Enter" && selection) fill();
  else if (!event.key.startsWith("Arrow")) return;
  else if (!selection || !shown.some((day) => day.dataset.day === selection.day)) {
    choose(shown[0].dataset.day, limits()[0] + STEP, limits()[0] + 2 * STEP);
  } else {
    move(event.key, event.shiftKey, shown);
  }
  event.preventDefault();
  draw();
});

function move(key, longer, shown) {
  let { day, begin, end } = selection;
  const [first, last] = limits();
  const step = { ArrowUp: -STEP, ArrowDown: STEP }[key] ?? 0;
  if (longer) {
    end = Math.max(begin + STEP, end + step);
  } else if (first <= begin + step && end + step <= last) {
    [begin, end] = [begin + step, end + step];
  }
  const place = shown.findIndex((column) => column.dataset.day === day);
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  choose(shown[place + aside]?.dataset.day ?? day, begin, end);
}

// What the socket sends takes the mark away.
document.addEventListener("htmx:ws:after:message:incoming", draw);
document.addEventListener("htmx:after:swap", draw);
