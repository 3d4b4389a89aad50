// Fills "where" with the place that the device is in, and has the search begin at that very point.
const where = document.getElementById("onde");

export async function locate(button) {
  button.ariaBusy = true;
  try {
    const { latitude, longitude } = (await position()).coords;
    where.value = await nearest(latitude, longitude);
    // To a thousandth of a degree, about 100 m: nobody needs to know the house.
    carry({ lat: latitude.toFixed(3), lng: longitude.toFixed(3) });
    where.dispatchEvent(new Event("change", { bubbles: true }));
  } catch {
    where.setCustomValidity(button.dataset.denied);
    where.reportValidity();
  }
  button.ariaBusy = null;
  where.focus();
}

where.addEventListener("input", () => {
  where.setCustomValidity("");
  carry({});
});

function carry(point) {
  for (const old of where.form.querySelectorAll("[type=hidden]")) old.remove();
  for (const [name, value] of Object.entries(point)) {
    where.form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

function position() {
  return new Promise((found, failed) =>
    navigator.geolocation.getCurrentPosition(found, failed, { timeout: 10_000, maximumAge: 600_000 })
  );
}

// For its name a kilometre will do.
async function nearest(latitude, longitude) {
  const query = new URLSearchParams({ latitude: latitude.toFixed(2), longitude: longitude.toFixed(2) });
  const answer = await fetch(`/lugares/perto?${query}`);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}
