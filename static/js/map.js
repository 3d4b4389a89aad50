// Opens maps. What they are drawn with is loaded only when the first one is.
let loading;

export async function openMap(canvas, options = {}) {
  const { tiles, attribution, zoomIn, zoomOut } = canvas.dataset;
  await (loading ??= load(canvas.dataset));
  const map = L.map(canvas, {
    zoomControl: false,
    attributionControl: false,
    minZoom: 3,
    maxZoom: 17,
    maxBounds: [[-85, -180], [85, 180]],
    ...options,
  });
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  // Of our own, and also what shows through where no tiles come.
  const plain = L.gridLayer({ pane: "tilePane" });
  plain.createTile = () => Object.assign(document.createElement("div"), { className: "plain-tile" });
  plain.addTo(map);
  if (!tiles) {
    nameTowns(map);
  } else {
    // Tile servers ask for whose page it is; which page is nobody's business.
    const drawn = L.tileLayer(tiles, { maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
    drawn.once("tileerror", () => nameTowns(map));
    L.control.attribution({ prefix: false }).addAttribution(attribution).addTo(map);
  }
  return map;
}

// What a map without tiles is known by.
function nameTowns(map) {
  // Above areas and below marks.
  map.createPane("towns").style.zIndex = 450;
  const names = L.layerGroup().addTo(map);
  let asked = 0;
  const write = async () => {
    const mine = ++asked;
    const answer = await fetch(`/lugares/mapa?area=${edgesOf(map)}`);
    if (!answer.ok || mine !== asked) return;
    names.clearLayers();
    const written = [];
    // The largest come first; whose name would lie on another's has none.
    for (const [name, ...point] of await answer.json()) {
      const here = map.latLngToContainerPoint(point);
      if (written.some(({ x, y }) => Math.abs(x - here.x) < 100 && Math.abs(y - here.y) < 20)) continue;
      written.push(here);
      const html = Object.assign(document.createElement("span"), { textContent: name });
      const icon = L.divIcon({ className: "town", html, iconSize: null });
      L.marker(point, { icon, interactive: false, keyboard: false, pane: "towns" }).addTo(names);
    }
  };
  map.on("moveend", () => write().catch(() => names.clearLayers()));
  if (map._loaded) map.fire("moveend");
}

// South, west, north and east of what a map shows, as addresses have it.
export function edgesOf(map) {
  const bounds = map.getBounds();
  const most = [90, 180, 90, 180];
  return [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()]
    .map((edge, n) => Math.max(-most[n], Math.min(most[n], edge)).toFixed(4)).join();
}

function load({ library, styles }) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles });
  const script = Object.assign(document.createElement("script"), { src: library });
  const ready = [sheet, script].map(
    (part) => new Promise((done, failed) => Object.assign(part, { onload: done, onerror: failed }))
  );
  // Before ours, which says how it looks here.
  document.head.prepend(sheet);
  document.head.append(script);
  return Promise.all(ready);
}
