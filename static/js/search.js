// The search: each request carries on where it searches, and a map goes with the list.
const WIDE = matchMedia("(min-width: 70rem)");
const BETWEEN_SEARCHES = 400;
// A map that moves so soon after a hand was on it was moved by that.
const HAND = 1500;

const results = () => document.getElementById("resultados");
const poster = (id) => document.getElementById(`servico-${id}`);

// What the map was moved to, on its way to the server.
let moved;

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form.matches(".filters")) return;
  const { body, headers } = ctx.request;
  if (ctx.sourceEvent.type === "input") headers["X-Typing"] = "true";
  const kept = results().dataset;
  // Whoever writes another place is neither where they were nor looking at the same map.
  if (form.elements.onde.value === kept.where) {
    for (const name of ["lat", "lng", "area"]) {
      if (kept[name] && !body.has(name)) body.set(name, kept[name]);
    }
  }
  if (moved) {
    body.set("area", moved);
    // Each move is no page to go back to.
    Object.assign(ctx, { push: null, replace: "true" });
    moved = null;
  }
});

let tools, map, layer, marks, shown, touched, waiting;

async function open() {
  const canvas = document.querySelector(".results-map");
  if (!canvas || canvas === map?.getContainer()) return;
  tools = await import(canvas.dataset.script);
  map?.remove();
  map = await tools.openMap(canvas);
  layer = L.layerGroup().addTo(map);
  map.setView([-14, -52], 4);
  for (const event of ["pointerdown", "pointerup", "wheel", "keydown"]) {
    canvas.addEventListener(event, touch, { passive: true });
  }
  map.on("dragend", touch);
  map.on("moveend", () => {
    if (Date.now() - touched > HAND) return;
    clearTimeout(waiting);
    waiting = setTimeout(search, BETWEEN_SEARCHES);
  });
  shown = null;
  draw();
}

function touch() {
  touched = Date.now();
}

function search() {
  moved = shown = tools.edgesOf(map);
  document.querySelector(".filters").dispatchEvent(new Event("change"));
}

// Puts up a mark for each poster, and shows all of them unless it was the map that was moved.
function draw() {
  const { points, area, here } = results().dataset;
  layer.clearLayers();
  marks = new Map();
  const stacks = {};
  for (const [id, ...point] of JSON.parse(points)) {
    stacks[point] = (stacks[point] ?? -1) + 1;
    marks.set(String(id), mark(id, point, stacks[point]));
  }
  if (here) {
    L.marker(JSON.parse(here), {
      icon: L.divIcon({ className: "here", iconSize: null }),
      interactive: false,
      keyboard: false,
    }).addTo(layer);
  }
  hideCard();
  if (area && area === shown) return;
  shown = area;
  touched = 0;
  const [south, west, north, east] = area.split(",");
  const inside = area ? [[south, west], [north, east]] : [...layer.getLayers()].map((one) => one.getLatLng());
  if (inside.length) map.fitBounds(inside, { padding: area ? [0, 0] : [48, 48], maxZoom: 14, animate: false });
}

function mark(id, point, above) {
  const label = document.createElement("span");
  label.textContent = poster(id).querySelector(".price").firstChild.textContent.trim();
  // Those that start from the same area hang one above the other.
  label.style.setProperty("--above", above);
  const tone = [...poster(id).classList].find((name) => name.startsWith("tone-"));
  const made = L.marker(point, {
    icon: L.divIcon({ className: `tag ${tone}`, html: label, iconSize: null }),
    riseOnHover: true,
  });
  made.addTo(layer).on("click", () => choose(id));
  const element = made.getElement();
  element.ariaLabel = `${title(id)}, ${label.textContent}`;
  for (const event of ["pointerenter", "focus"]) element.addEventListener(event, () => light(poster(id)));
  for (const event of ["pointerleave", "blur"]) element.addEventListener(event, () => light());
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(id);
  });
  return element;
}

const title = (id) => poster(id).querySelector("h3").textContent.trim();

// Lights up the poster of a mark, or the mark of a poster.
function light(part) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  part?.classList.add("lit");
}

for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    if (!map || target.closest(".results-map")) return;
    light(marks.get(target.closest(".poster")?.id.replace("servico-", "")));
  });
}

// To the poster, or where the list is not to be seen, to a card at the foot of the map.
function choose(id) {
  const link = poster(id).querySelector("h3 a");
  if (link.offsetParent) {
    link.focus();
    return;
  }
  const card = document.querySelector(".map-card");
  card.href = link.href;
  card.className = `map-card ${[...poster(id).classList].find((name) => name.startsWith("tone-"))}`;
  card.querySelector("b").textContent = title(id);
  card.querySelector("span").textContent = [...poster(id).querySelectorAll(".facts li, .price")]
    .map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(" · ");
  card.dataset.of = id;
  card.hidden = false;
  card.focus();
}

function hideCard() {
  const card = document.querySelector(".map-card");
  if (card) card.hidden = true;
}

document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape" || !target.matches(".map-card")) return;
  marks.get(target.dataset.of)?.focus();
  hideCard();
});

// On phones the one or the other; who comes back finds what they had left.
document.addEventListener("click", ({ target }) => {
  const button = target.closest(".map-switch");
  if (!button) return;
  flip(button.getAttribute("aria-pressed") === "false");
});

function flip(on) {
  sessionStorage.setItem("map", on ? "open" : "");
  document.querySelector(".map-switch").ariaPressed = String(on);
  document.querySelector(".split").classList.toggle("on-map", on);
  if (on) open().then(() => map.invalidateSize({ pan: false })).then(() => fit());
}

function fit() {
  shown = null;
  draw();
}

function start() {
  if (WIDE.matches) open();
  else if (sessionStorage.getItem("map")) flip(true);
}

start();
WIDE.addEventListener("change", start);
document.addEventListener("htmx:after:swap", () => {
  if (map?.getContainer().isConnected) draw();
  else start();
});
