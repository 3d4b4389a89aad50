// The area that a provider serves, drawn when it comes into view.
const canvas = document.querySelector(".area-map");

async function draw() {
  const { script, point, km } = canvas.dataset;
  const { openMap } = await import(script);
  const map = await openMap(canvas, { scrollWheelZoom: false });
  const circle = L.circle(JSON.parse(point), { radius: km * 1000, className: "reach", interactive: false });
  // The view first: a circle has no size without one.
  map.setView(JSON.parse(point), 10, { animate: false });
  map.fitBounds(circle.addTo(map).getBounds(), { animate: false });
}

const watcher = new IntersectionObserver(([entry]) => {
  if (!entry.isIntersecting) return;
  watcher.disconnect();
  // Without it the words beside it say as much.
  draw().catch(() => canvas.remove());
});
watcher.observe(canvas);
