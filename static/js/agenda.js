// Choosing a stretch of the week, by dragging or with the keys, asks what to do with it.
const STEP = 30;
const spoken = document.getElementById("agenda-escolha");
const dialog = document.getElementById("agenda-dialogo");
const form = dialog.querySelector("form");
const picker = document.getElementById("agenda-trecho");
const [takeOff, workExtra] = form.querySelectorAll("button");

// The stretch that is chosen: a day, and minutes after its midnight.
let selection, dragFrom;

const wall = () => document.querySelector(".wall-of-week");
const columnOf = (day) => document.querySelector(`.blocks[data-day="${day}"]`);
const daysShown = () =>
  [...document.querySelectorAll(".blocks")]
    .filter((column) => column.offsetParent)
    .map((column) => column.dataset.day);
const clock = (minutes) =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const limits = () => [60 * wall().dataset.from, 60 * wall().dataset.to];
const rows = (minute, length) =>
  `h${Math.floor(minute / 60)} m${minute % 60} dh${Math.floor(length / 60)} dm${length % 60}`;

// How many of the chosen minutes lie in blocks of a kind, by the classes that place them.
function overlap(kind) {
  const { day, begin, end } = selection;
  let minutes = 0;
  for (const { className } of columnOf(day).querySelectorAll(`.block.${kind}`)) {
    const [h, m, dh, dm] = ["h", "m", "dh", "dm"].map((name) =>
      Number(className.match(new RegExp(`\\b${name}(\\d+)`))[1]),
    );
    const first = h * 60 + m;
    minutes += Math.max(0, Math.min(end, first + dh * 60 + dm) - Math.max(begin, first));
  }
  return minutes;
}

function draw() {
  document.querySelectorAll(".selection").forEach((old) => old.remove());
  const column = selection && columnOf(selection.day);
  if (!column) return;
  const { begin, end } = selection;
  const mark = document.createElement("li");
  mark.className = `selection ${rows(begin, end - begin)}`;
  mark.ariaHidden = "true";
  column.append(mark);
}

function choose(day, begin, end) {
  const [first, last] = limits();
  selection = { day, begin: Math.max(first, begin), end: Math.min(last, end) };
  draw();
}

function stretch() {
  return `${columnOf(selection.day).dataset.name}, ${clock(selection.begin)} – ${clock(selection.end)}`;
}

function say() {
  const kind = ["booked", "off", "free"].find(overlap) ?? "closed";
  spoken.textContent = `${stretch()}, ${spoken.dataset[kind]}`;
}

function forget() {
  selection = dragFrom = null;
  spoken.textContent = "";
  draw();
}

// Time off is offered first where the provider works, and extra hours where they don't.
function ask() {
  const works = overlap("open") * 2 >= selection.end - selection.begin;
  const [first, second] = works ? [takeOff, workExtra] : [workExtra, takeOff];
  first.classList.remove("quiet");
  second.classList.add("quiet");
  first.after(second);
  const { dia, ateDia, inicio, fim } = form.elements;
  dia.value = selection.day;
  ateDia.value = "";
  inicio.value = clock(selection.begin);
  fim.value = clock(selection.end);
  dialog.showModal();
  first.focus();
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
  const { day } = column.dataset;
  const minute = minuteAt(column, event.clientY);
  // A finger scrolls the page; a tap chooses an hour.
  const touch = event.pointerType === "touch";
  dragFrom = { day, minute, touch };
  choose(day, minute, minute + (touch ? 2 : 1) * STEP);
  if (touch) return;
  column.setPointerCapture(event.pointerId);
  event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  const column = dragFrom && !dragFrom.touch && columnOf(dragFrom.day);
  if (!column) return;
  const minute = minuteAt(column, event.clientY);
  choose(dragFrom.day, Math.min(minute, dragFrom.minute), Math.max(minute, dragFrom.minute) + STEP);
});
document.addEventListener("pointercancel", forget);
document.addEventListener("pointerup", () => {
  if (dragFrom && !dragFrom.touch) finish();
});
// Not before the click that ends a tap, which would fall onto the dialog.
document.addEventListener("click", () => {
  if (dragFrom?.touch) finish();
});

function finish() {
  dragFrom = null;
  ask();
}

dialog.addEventListener("close", () => {
  if (document.activeElement !== picker) forget();
});

picker.hidden = false;
picker.addEventListener("keydown", (event) => {
  const days = daysShown();
  if (event.key === "Escape") forget();
  else if (event.key === "Enter" && selection) ask();
  else if (!event.key.startsWith("Arrow")) return;
  else if (!selection || !days.includes(selection.day)) {
    const begin = 60 * wall().dataset.start;
    choose(days[0], begin, begin + STEP);
  } else {
    move(event.key, event.shiftKey, days);
  }
  event.preventDefault();
  if (!selection || dialog.open) return;
  say();
  document.querySelector(".selection").scrollIntoView({ block: "nearest" });
});
picker.addEventListener("blur", () => {
  if (!dialog.open && !dragFrom) forget();
});

function move(key, longer, days) {
  let { day, begin, end } = selection;
  const [first, last] = limits();
  const step = { ArrowUp: -STEP, ArrowDown: STEP }[key] ?? 0;
  if (longer) {
    end = Math.max(begin + STEP, end + step);
  } else if (first <= begin + step && end + step <= last) {
    [begin, end] = [begin + step, end + step];
  }
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  choose(days[days.indexOf(day) + aside] ?? day, begin, end);
}

// What the socket sends takes the mark away.
document.addEventListener("htmx:ws:after:message:incoming", draw);
document.addEventListener("htmx:after:swap", draw);

// The line that says how late it is goes on with the provider's clock.
setInterval(() => {
  const line = document.querySelector(".now-line");
  if (!line) return;
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: wall().dataset.zone,
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(new Date());
  const [hour, minute] = ["hour", "minute"].map((type) =>
    Number(parts.find((part) => part.type === type).value),
  );
  line.className = `now-line h${hour} m${minute - (minute % 5)} dh0 dm5`;
}, 60_000);

// Where all 24 hours stand on the wall, the day begins when work does.
const start = document.querySelector(`.clock .h${wall().dataset.start}`);
if (start) wall().scrollTop = start.offsetTop - start.parentElement.children[0].offsetTop;
